import { openDatabase } from "@cartwright/database/open-database";
import { roleUrl } from "@cartwright/database/role-url";
import { insertUnlessThere, statement, type Tx } from "@cartwright/database/tx";
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
beforeEach(() => database.db.query("DELETE FROM consumers"));

const insert = statement(
  "test-insert",
  "INSERT INTO consumers (consumer) VALUES ($1)",
);
const consumers = async () =>
  (
    await database.db.query<{ consumer: string }>(
      "SELECT consumer FROM consumers ORDER BY 1",
    )
  ).map(({ consumer }) => consumer);

describe("a transaction", () => {
  it("commits what was sent without waiting for each statement", async () => {
    await database.db.transaction(async (tx) => {
      void tx.query(insert, ["a"]);
      void tx.query(insert, ["b"]);
      await tx.query(insert, ["c"]);
    });
    expect(await consumers()).toEqual(["a", "b", "c"]);
  });

  it("keeps nothing when a statement nobody awaited has failed", async () => {
    const work = database.db.transaction((tx) => {
      void tx.query(insert, ["a"]);
      void tx.query(insert, ["a"]);
      void tx.query(insert, ["b"]);
      return Promise.resolve();
    });
    await expect(work).rejects.toMatchObject({ code: "23505" });
    expect(await consumers()).toEqual([]);
  });

  it("commits what was sent, and fails as it does", async () => {
    await database.db.transaction((tx) => {
      tx.send(insert, ["a"]);
      tx.send(insert, ["b"]);
    });
    expect(await consumers()).toEqual(["a", "b"]);

    const again = (then: (tx: Tx) => unknown) =>
      database.db.transaction(async (tx) => {
        tx.send(insert, ["c"]);
        tx.send(insert, ["a"]);
        await then(tx);
      });
    for (const then of [() => undefined, (tx: Tx) => tx.query("SELECT 1")])
      await expect(again(then)).rejects.toMatchObject({ code: "23505" });
    expect(await consumers()).toEqual(["a", "b"]);
  });

  it("runs the work again when what was sent failed in a way that may heal", async () => {
    let tries = 0;
    await database.db.transaction((tx) => {
      tries += 1;
      tx.send(insert, ["a"]);
      if (tries === 1) tx.send("SELECT pg_terminate_backend(pg_backend_pid())");
    });
    expect(tries).toBe(2);
    expect(await consumers()).toEqual(["a"]);
  });

  it("takes a row that was there for one, though the insert was only sent", async () => {
    const insertOnce = insertUnlessThere(
      "test-insert-once",
      (onConflict) =>
        `INSERT INTO consumers (consumer) VALUES ($1) ${onConflict}`,
    );
    await database.db.query(insert, ["a"]);
    await database.db.transaction((tx) => {
      tx.send(insertOnce, ["a"]);
      tx.send(insertOnce, ["b"]);
    });
    expect(await consumers()).toEqual(["a", "b"]);
  });

  it("tells of a failure once it is for good, and of the last try alone", async () => {
    const told: number[] = [];
    let tries = 0;
    const work = (failures: readonly string[]) => {
      tries = 0;
      return database.db.transaction(async (tx) => {
        const code = failures[tries];
        const number = (tries += 1);
        tx.afterGivingUp(() => told.push(number));
        await tx.query("SELECT 1");
        if (code) throw Object.assign(new Error("no"), { code });
      });
    };
    await work(["40001", "40P01"]);
    expect([tries, told]).toEqual([3, []]);
    await expect(work(["40001", "23502"])).rejects.toThrow("no");
    expect([tries, told]).toEqual([2, [2]]);
  });

  it("reports the first failure, not the statements that were aborted by it", async () => {
    const work = database.db.transaction(async (tx) => {
      void tx.query(insert, [null]);
      await tx.query(insert, ["b"]);
    });
    await expect(work).rejects.toMatchObject({ code: "23502" });
  });

  it("keeps nothing when a value cannot be sent at all", async () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const work = database.db.transaction((tx) => {
      void tx.query(insert, ["a"]);
      void tx.query(insert, [circular]);
      return Promise.resolve();
    });
    await expect(work).rejects.toThrow(TypeError);
    expect(await consumers()).toEqual([]);
  });

  it("refuses statements that come after its end", async () => {
    const late = await database.db.transaction((tx) => Promise.resolve(tx));
    await expect(late.query("SELECT 1")).rejects.toThrow(
      "The transaction is over.",
    );
    expect(() => late.send("SELECT 1")).toThrow("The transaction is over.");
  });

  it("calls back after the commit, and never after a rollback", async () => {
    const calls: string[] = [];
    await database.db.transaction(async (tx) => {
      tx.afterCommit(() => calls.push("committed"));
      await tx.query(insert, ["a"]);
      expect(calls).toEqual([]);
    });
    const refused = database.db.transaction(async (tx) => {
      tx.afterCommit(() => calls.push("rolled back"));
      await tx.query(insert, ["a"]);
    });
    await expect(refused).rejects.toThrow();
    expect(calls).toEqual(["committed"]);
  });

  it("runs the work again when the connection is cut in the middle", async () => {
    let tries = 0;
    await database.db.transaction(async (tx) => {
      tries += 1;
      await tx.query(insert, ["a"]);
      if (tries === 1)
        await tx.query("SELECT pg_terminate_backend(pg_backend_pid())");
    });
    expect(tries).toBe(2);
    expect(await consumers()).toEqual(["a"]);
  });

  it("resolves a deadlock by running one of the two again", async () => {
    await database.db.query(
      "INSERT INTO consumers (consumer) VALUES ('a'), ('b')",
    );
    const lock = "SELECT FROM consumers WHERE consumer = $1 FOR UPDATE";
    const inOrder = (first: string, second: string) =>
      database.db.transaction(async (tx) => {
        await tx.query(lock, [first]);
        await tx.query("SELECT pg_sleep(0.1)");
        await tx.query(lock, [second]);
      });
    await Promise.all([inOrder("a", "b"), inOrder("b", "a")]);
  });

  it("gives its connection back whatever happens", async () => {
    const failing = Array.from({ length: 20 }, (_, n) =>
      database.db.transaction(async (tx) => {
        await tx.query(n % 2 === 0 ? "SELECT 1 / 0" : "SELECT 1");
      }),
    );
    await Promise.allSettled(failing);
    await eventually(() => {
      const { total, idle, waiting } = database.db.stats();
      expect({ busy: total - idle, waiting }).toEqual({ busy: 0, waiting: 0 });
    });
  });
});

describe("a pool", () => {
  it("reads counters as numbers", async () => {
    expect(await database.db.query("SELECT 7::bigint AS n")).toEqual([
      { n: 7 },
    ]);
  });

  it("survives that the server closes its idle connections", async () => {
    const [backend] = await database.db.query<{ pid: number }>(
      "SELECT pg_backend_pid() AS pid",
    );
    const other = database.open("order", 1);
    const { total } = database.db.stats();
    await other.query("SELECT pg_terminate_backend($1)", [backend?.pid]);
    await eventually(() => expect(database.db.stats().total).toBe(total - 1));
    expect(await database.db.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(await database.db.health?.()).toEqual({ status: "up" });
  });

  it("has the server limit statements, locks and idle transactions", async () => {
    const limits = await database.db.query(
      "SELECT name, setting FROM pg_settings WHERE name LIKE '%\\_timeout' AND source = 'client' ORDER BY name",
    );
    expect(limits).toEqual([
      { name: "idle_in_transaction_session_timeout", setting: "5000" },
      { name: "lock_timeout", setting: "3000" },
      { name: "statement_timeout", setting: "5000" },
    ]);
  });

  it("reads a queue in the order of its index, also when that was decided while the queue was empty", async () => {
    const plan = await database.db.query<{ "QUERY PLAN": string }>(
      "EXPLAIN (GENERIC_PLAN) SELECT position FROM outbox WHERE position > $1 AND type <> '' ORDER BY position LIMIT 500",
    );
    const steps = plan.map((row) => row["QUERY PLAN"]).join("\n");
    expect(steps).toContain("Index Scan using outbox_pkey");
    expect(steps).not.toContain("Sort");
  });

  const settingsOf = async (asked: {
    readonly parameters?: Readonly<Record<string, string>>;
    readonly settings?: Readonly<Record<string, string>>;
    readonly byIndex?: boolean;
  }) => {
    const url = new URL(roleUrl(database.adminUrl, "order"));
    for (const [name, value] of Object.entries(asked.parameters ?? {}))
      url.searchParams.set(name, value);
    const db = openDatabase({
      ...{ url: url.href, schema: "order", maxConnections: 1 },
      ...asked,
    });
    const rows = await db.query<{ name: string; setting: string }>(
      "SELECT name, current_setting(name) AS setting FROM pg_settings",
    );
    await db.stop?.();
    return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  };

  it("keeps its settings beside those that one asks for", async () => {
    const settings = { synchronous_commit: "off" };
    expect(await settingsOf({ settings })).toMatchObject({
      synchronous_commit: "off",
      enable_seqscan: "off",
      search_path: "order",
    });
  });

  it("keeps its settings beside those of its connection string, which go before them", async () => {
    const parameters = {
      options:
        "-c statement_timeout=7s -c random_page_cost=2 -c work_mem=5MB -c synchronous_commit=on",
    };
    const settings = { synchronous_commit: "off" };
    expect(await settingsOf({ parameters, settings })).toMatchObject({
      statement_timeout: "7s",
      random_page_cost: "2",
      work_mem: "5MB",
      synchronous_commit: "on",
      lock_timeout: "3s",
      idle_in_transaction_session_timeout: "5s",
      enable_seqscan: "off",
      enable_hashjoin: "off",
      enable_mergejoin: "off",
      search_path: "order",
    });
  });

  it("takes limits that its connection string names as parameters", async () => {
    const parameters = { statement_timeout: "7000", lock_timeout: "1000" };
    expect(await settingsOf({ parameters })).toMatchObject({
      statement_timeout: "7s",
      lock_timeout: "1s",
      enable_seqscan: "off",
    });
  });

  it("leaves plans to the server where whole tables are read", async () => {
    expect(await settingsOf({ byIndex: false })).toMatchObject({
      enable_seqscan: "on",
      enable_hashjoin: "on",
      enable_mergejoin: "on",
      statement_timeout: "5s",
      search_path: "order",
    });
  });

  it("refuses to wait without limit for a free connection", async () => {
    const narrow = database.open("order", 1);
    const long = narrow.query("SELECT pg_sleep(3.2)");
    await expect(narrow.query("SELECT 1")).rejects.toThrow("timeout exceeded");
    await long;
  });
});
