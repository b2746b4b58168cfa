import { statement, type Tx } from "@cartwright/database/tx";
import { newId } from "@cartwright/kernel/ids";
import { lockSequences, saveSequences } from "@cartwright/messaging/sequences";
import { seededRandom } from "../seeded-random.ts";
import { noFaults, type DatabaseFaults } from "./faults.ts";
import { SimServer } from "./sim-server.ts";
import { TestKernel } from "./test/test-kernel.ts";
import { leases } from "./twins/leases.ts";
import { outbox } from "./twins/outbox.ts";
import { sequences } from "./twins/sequences.ts";

const append = statement("outbox-append", "");

function world() {
  const kernel = new TestKernel(seededRandom(1));
  let faults: DatabaseFaults = noFaults;
  const defects: unknown[] = [];
  const server = new SimServer({
    kernel,
    faults: () => faults,
    onDefect: (error) => defects.push(error),
  });
  return {
    kernel,
    server,
    defects,
    db: server.connect("order"),
    set: (chances: Partial<DatabaseFaults>) => {
      faults = { ...noFaults, ...chances };
    },
    lasts: () =>
      server
        .rows("order", sequences)
        .map(({ subject, last }) => [subject, last]),
  };
}

const save = (tx: Tx, subject: string, last: number) =>
  saveSequences(tx, "c", new Map([[subject, last]]));

const message = (id = newId()) => [
  [id],
  ["order/1"],
  ["t"],
  ["order-events"],
  ["1"],
  ["{}"],
  ["{}"],
];

/** Notes what becomes of a promise while virtual time goes by. */
function outcomeOf(promise: Promise<unknown>): { value?: unknown } {
  const outcome: { value?: unknown } = {};
  promise.then(
    (value) => (outcome.value = value ?? "done"),
    (error: unknown) => (outcome.value = error),
  );
  return outcome;
}

/** A transaction that is held open until `go`. */
function heldOpen() {
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  return { gate, go: () => go() };
}

describe("the simulated database", () => {
  it("shows nobody what is not committed", async () => {
    const { kernel, db, lasts } = world();
    const { gate, go } = heldOpen();
    const first = outcomeOf(
      db.transaction(async (tx) => {
        save(tx, "a", 1);
        await gate;
      }),
    );
    await kernel.advance(100);
    expect(lasts()).toEqual([]);
    go();
    await kernel.advance(100);
    expect(first.value).toBe("done");
    expect(lasts()).toEqual([["a", 1]]);
  });

  it("takes back everything when the work fails", async () => {
    const { kernel, db, lasts, server } = world();
    const failed = outcomeOf(
      db.transaction(async (tx) => {
        save(tx, "a", 1);
        await tx.query(append, message());
        throw new Error("on second thoughts");
      }),
    );
    await kernel.advance(100);
    expect(failed.value).toMatchObject({ message: "on second thoughts" });
    expect(lasts()).toEqual([]);
    const again = outcomeOf(db.query(append, message()));
    await kernel.advance(100);
    expect(again.value).toEqual([]);
    // The number is not given back.
    expect(
      server.rows("order", outbox).map(({ position }) => position),
    ).toEqual([2]);
  });

  it("lets a writer wait for the row's owner", async () => {
    const { kernel, db, lasts } = world();
    const { gate, go } = heldOpen();
    outcomeOf(
      db.transaction(async (tx) => {
        save(tx, "a", 2);
        await gate;
      }),
    );
    await kernel.advance(50);
    const second = outcomeOf(
      db.transaction(async (tx) => {
        save(tx, "a", 1);
        return lockSequences(tx, "c", ["a"]);
      }),
    );
    await kernel.advance(500);
    expect(second).toEqual({});
    go();
    await kernel.advance(100);
    expect(second.value).toEqual(new Map([["a", 2]]));
    expect(lasts()).toEqual([["a", 2]]);
  });

  it("fails one of two that wait for each other, and lets the other go on", async () => {
    const { kernel, server, db } = world();
    const holding = async (mine: string, others: string) => {
      const client = await db.pool.connect();
      const sent: Promise<unknown>[] = [];
      const tx = {
        send: (...args: Parameters<Tx["send"]>) =>
          sent.push(
            (client as unknown as { send: typeof db.query }).send(...args),
          ),
      } as unknown as Tx;
      await client.query("BEGIN");
      save(tx, mine, 1);
      await Promise.all(sent);
      save(tx, others, 1);
      await Promise.all(sent);
    };
    const outcomes = [holding("a", "b"), holding("b", "a")].map(outcomeOf);
    await kernel.advance(500);
    expect(outcomes).toEqual([{}, {}]);
    await kernel.advance(1_000);
    expect(outcomes.map(({ value }) => value)).toEqual(
      expect.arrayContaining([
        "done",
        expect.objectContaining({ code: "40P01" }),
      ]),
    );
    expect(server.rows("order", sequences)).toEqual([]);
  });

  it("gives up after the lock timeout", async () => {
    const { kernel, db } = world();
    const client = db.pool.connect();
    await kernel.advance(100);
    const holder = await client;
    outcomeOf(holder.query("BEGIN"));
    const hold = (holder as unknown as { send: typeof db.query }).send;
    outcomeOf(
      hold.call(holder, statement("sequences-save", ""), ["c", ["a"], [1]]),
    );
    await kernel.advance(100);
    const waiting = outcomeOf(
      db.query(statement("sequences-save", ""), ["c", ["a"], [2]]),
    );
    await kernel.advance(3_200);
    expect(waiting.value).toMatchObject({ code: "55P03" });
  });

  it("runs a transaction again whose COMMIT applied without an answer", async () => {
    const { kernel, db, set, lasts } = world();
    set({ lostCommitReply: 1 });
    let tries = 0;
    const done = outcomeOf(
      db.transaction(async (tx) => {
        tries += 1;
        if (tries > 1) set({});
        save(tx, `try ${tries}`, 1);
      }),
    );
    while (done.value === undefined) await kernel.advance(100);
    expect(lasts()).toEqual([
      ["try 1", 1],
      ["try 2", 1],
    ]);
  });

  it("rolls back what was open when the process dies, and never answers it", async () => {
    const { kernel, server, db, lasts } = world();
    const never = heldOpen();
    const killed = outcomeOf(
      db.transaction(async (tx) => {
        save(tx, "a", 1);
        await never.gate;
      }),
    );
    await kernel.advance(100);
    const other = outcomeOf(
      server.connect("order").transaction((tx) => save(tx, "a", 5)),
    );
    await kernel.advance(100);
    db.kill();
    await kernel.advance(1_000);
    expect(killed).toEqual({});
    expect(other.value).toBe("done");
    expect(lasts()).toEqual([["a", 5]]);
  });

  it("commits nothing for a process that dies in the middle of its sending, whatever of that arrives", async () => {
    const { kernel, server, lasts } = world();
    for (let n = 0; n < 20; n += 1) {
      const db = server.connect("order");
      outcomeOf(
        db.transaction((tx) => {
          for (const subject of ["a", "b", "c"]) save(tx, subject, n);
          db.kill(); // the simulated process runs on to its COMMIT
        }),
      );
      await kernel.advance(1_000);
    }
    expect(lasts()).toEqual([]);
  });

  it("keeps what is committed through a restart, and refuses connections meanwhile", async () => {
    const { kernel, server, db, lasts } = world();
    outcomeOf(db.transaction((tx) => save(tx, "a", 1)));
    await kernel.advance(100);
    server.restart(1_000);
    await kernel.advance(100);
    const refused = outcomeOf(db.query("SELECT 1"));
    await kernel.advance(200);
    expect(refused.value).toMatchObject({ code: "ECONNREFUSED" });
    await kernel.advance(1_000);
    const answered = outcomeOf(db.query("SELECT 1"));
    await kernel.advance(200);
    expect(answered.value).toHaveLength(1);
    expect(lasts()).toEqual([["a", 1]]);
  });

  it("ends a transaction that does nothing for too long", async () => {
    const { kernel, server, db } = world();
    const client = db.pool.connect();
    await kernel.advance(100);
    const idle = await client;
    outcomeOf(idle.query("BEGIN"));
    const sleeper = idle as unknown as { send: typeof db.query };
    outcomeOf(
      sleeper.send(statement("lease-acquire", ""), ["relay", newId(), 1_000]),
    );
    await kernel.advance(11_000);
    const late = outcomeOf(idle.query("COMMIT"));
    await kernel.advance(100);
    expect(late.value).toMatchObject({
      message: expect.stringContaining("not queryable"),
    });
    expect(server.rows("order", leases)).toEqual([]);
  });

  it("names the statement that has no twin", async () => {
    const { kernel, db, defects } = world();
    const failed = outcomeOf(db.query(statement("orders-forget", "DELETE …")));
    await kernel.advance(100);
    expect(String(failed.value)).toContain('"orders-forget"');
    expect(defects).toHaveLength(1);
  });

  it("tells of what each commit changed", async () => {
    const { kernel, server, db } = world();
    const told: unknown[] = [];
    server.onCommit((changes) => told.push(...changes));
    outcomeOf(db.transaction((tx) => save(tx, "a", 1)));
    await kernel.advance(100);
    outcomeOf(db.transaction((tx) => save(tx, "a", 2)));
    await kernel.advance(100);
    const row = { consumer: "c", subject: "a" };
    expect(told).toEqual([
      {
        schema: "order",
        table: "sequences",
        before: undefined,
        after: { ...row, last: 1 },
      },
      {
        schema: "order",
        table: "sequences",
        before: { ...row, last: 1 },
        after: { ...row, last: 2 },
      },
    ]);
  });
});
