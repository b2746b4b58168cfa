import {
  insertNotFound,
  insertUnlessThere,
  statement,
  type Tx,
} from "@cartwright/database/tx";
import { eventually } from "@cartwright/testing/eventually";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("order");
});
afterAll(() => database.stop());
beforeEach(async () => {
  await database.db.query("DELETE FROM consumers");
  await database.db.query("INSERT INTO consumers (consumer) VALUES ('old')");
});

const record = insertUnlessThere(
  "test-record",
  (onConflict) =>
    `INSERT INTO consumers (consumer) SELECT name FROM unnest($1::text[]) AS name
     ${onConflict} RETURNING consumer`,
);
const insert = statement(
  "test-insert-one",
  "INSERT INTO consumers (consumer) VALUES ($1)",
);

/** The variants that the server was given, of each transaction in turn. */
function recording() {
  const runs: string[][] = [];
  return {
    runs,
    transaction: <T>(work: (tx: Tx) => Promise<T>) =>
      database.db.transaction(async (tx) => {
        const sent: string[] = [];
        runs.push(sent);
        const result = await work(tx);
        const [row] = await tx.query<{ names: string[] }>(
          `SELECT array_agg(name ORDER BY name) AS names FROM pg_prepared_statements WHERE name LIKE 'test-record%'`,
        );
        sent.push(...(row?.names ?? []));
        return result;
      }),
  };
}

const waitingForLocks = () =>
  database.db.query(
    "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
  );

const namesOf = (rows: { consumer: string }[]) =>
  rows.map(({ consumer }) => consumer);
const recorded = async (tx: Tx, names: string[]) =>
  namesOf(await tx.query<{ consumer: string }>(record, [names]));

describe("an insert of rows that are hardly ever there", () => {
  it("does not look for them as long as they are new", async () => {
    const { runs, transaction } = recording();
    const inserted = await transaction((tx) => recorded(tx, ["a", "b"]));
    expect(inserted).toEqual(["a", "b"]);
    expect(runs).toEqual([["test-record-optimistic"]]);
  });

  it("passes over one that is there, and runs what is around it once more", async () => {
    const { runs, transaction } = recording();
    const committed: string[] = [];
    const inserted = await transaction(async (tx) => {
      tx.afterCommit(() => committed.push("once"));
      await tx.query(insert, ["before"]);
      return recorded(tx, ["old", "new"]);
    });
    expect(inserted).toEqual(["new"]);
    expect(runs).toHaveLength(2);
    expect(runs[1]).toContain("test-record");
    expect(committed).toEqual(["once"]);
    expect(
      namesOf(
        await database.db.query("SELECT consumer FROM consumers ORDER BY 1"),
      ),
    ).toEqual(["before", "new", "old"]);
  });

  it("passes over one that comes twice in one statement", async () => {
    const inserted = await database.db.transaction((tx) =>
      recorded(tx, ["twice", "twice"]),
    );
    expect(inserted).toEqual(["twice"]);
  });

  it("is run again whatever the work makes of its failure", async () => {
    let runs = 0;
    await database.db.transaction(async (tx) => {
      runs += 1;
      await recorded(tx, ["old"]).catch((error: unknown) => {
        throw new Error("The work's own words.", { cause: error });
      });
    });
    expect(runs).toBe(2);
  });

  it("is run again when nobody has waited for it", async () => {
    let runs = 0;
    await database.db.transaction((tx) => {
      runs += 1;
      void tx.query(record, [["old", "new"]]);
      return Promise.resolve();
    });
    expect(runs).toBe(2);
  });

  it("leaves the row of another statement to be a failure, at once", async () => {
    let runs = 0;
    const refused = database.db.transaction(async (tx) => {
      runs += 1;
      await recorded(tx, ["new"]);
      await tx.query(insert, ["old"]);
    });
    await expect(refused).rejects.toMatchObject({ code: "23505" });
    expect(runs).toBe(1);
  });

  it("waits for a transaction that is just inserting the same, and passes over its row", async () => {
    const { promise: held, resolve: release } = Promise.withResolvers();
    const { promise: isThere, resolve: there } = Promise.withResolvers();
    const first = database.db.transaction(async (tx) => {
      await recorded(tx, ["same"]);
      there(undefined);
      await held;
    });
    await isThere;
    const second = database.db.transaction((tx) => recorded(tx, ["same"]));
    await eventually(async () =>
      expect(await waitingForLocks()).toHaveLength(1),
    );
    release(undefined);
    await first;
    expect(await second).toEqual([]);
  });

  it("looks for them outside a transaction", async () => {
    const rows = await database.db.query<{ consumer: string }>(record, [
      ["old", "new"],
    ]);
    expect(namesOf(rows)).toEqual(["new"]);
  });
});

describe("an insert of rows that were looked for and not found", () => {
  const found = insertNotFound(
    "test-record-found",
    "INSERT INTO consumers (consumer) VALUES ($1)",
  );
  const inserting = (name: string, meanwhile: () => Promise<unknown>) => {
    const looks: number[] = [];
    const saved = database.db.transaction(async (tx) => {
      const look = "SELECT FROM consumers WHERE consumer = $1";
      const rows = await tx.query(look, [name]);
      looks.push(rows.length);
      await meanwhile();
      if (rows.length === 0) tx.send(found, [name]);
    });
    return { looks, saved };
  };

  it("has its work look again when somebody has inserted one meanwhile", async () => {
    const { looks, saved } = inserting("new", async () => {
      if (looks.length === 1) await database.db.query(insert, ["new"]);
    });
    await saved;
    expect(looks).toEqual([0, 1]);
  });

  it("has it look no third time: who does not find what is there is wrong", async () => {
    let tries = 0;
    const saved = database.db.transaction((tx) => {
      tries += 1;
      tx.send(found, ["old"]);
    });
    await expect(saved).rejects.toMatchObject({ code: "23505" });
    expect(tries).toBe(2);
  });
});
