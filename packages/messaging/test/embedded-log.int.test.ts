import { openDatabase } from "@cartwright/database/open-database";
import { roleUrl } from "@cartwright/database/role-url";
import type { Part } from "@cartwright/kernel/part";
import {
  embeddedBus,
  type EmbeddedBus,
} from "@cartwright/messaging/embedded-bus";
import { turns } from "@cartwright/kernel/turns";
import { silentLogger as logger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";

describe("the log of the embedded bus", () => {
  let database: TestDatabase;
  let bus: EmbeddedBus;
  let parts: Part[];
  beforeEach(async () => {
    database = await testDatabase("order");
    parts = [];
    bus = await open();
  });
  afterEach(async () => {
    await stop();
    await database.stop();
  });

  async function stop(): Promise<void> {
    for (const part of parts.splice(0).reverse()) await part.stop?.();
  }

  async function open(): Promise<EmbeddedBus> {
    const opened = embeddedBus({
      url: roleUrl(database.adminUrl, "bus"),
      outboxes: ["order", "payment"],
      logger,
    });
    await opened.start?.();
    parts.push(opened);
    return opened;
  }

  async function subscribe(
    group: string,
    topics: readonly string[],
    on = bus,
  ): Promise<string[]> {
    const values: string[] = [];
    const part = on.subscribe({
      group,
      topics,
      async handle(batch) {
        await database.db.transaction((tx) => batch.settle(tx));
        values.push(...batch.records.map(({ value }) => value));
      },
    });
    await part.start?.();
    parts.push(part);
    return values;
  }

  const insertNumbers = `INSERT INTO outbox (id, subject, type, topic, key, headers, payload)
    SELECT gen_random_uuid(), 'order/1', 'order.OrderCreated.v1', $1, 'k', '{"ce_id":"1"}', n::text AS payload
    FROM generate_series($2::int, $3::int - 1) AS n ORDER BY n`;
  const commit = (service: string, topic: string, from: number, to: number) =>
    database.open(service, 1).query(insertNumbers, [topic, from, to]);
  const waiting = async () =>
    (await database.db.query("SELECT FROM outbox")).length;
  const numbers = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => String(from + index));
  async function admin(...statements: string[]) {
    const db = openDatabase({
      url: database.adminUrl,
      schema: "public",
      maxConnections: 1,
    });
    let rows: Record<string, unknown>[] = [];
    for (const sql of statements) rows = await db.query(sql);
    await db.stop?.();
    return rows;
  }
  const endBusSessions = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE usename = 'bus' AND datname = current_database()`;

  it("moves what a service has committed, in order, and empties its outbox", async () => {
    const values = await subscribe("g", ["order-events"]);
    await commit("order", "order-events", 0, 1_200);
    bus.wake("order");
    await eventually(() => expect(values).toEqual(numbers(0, 1_200)), {
      every: 2,
    });
    expect(await waiting()).toBe(0);
  });

  it("finds what is new by index, however many rows have gone before", async () => {
    const values = await subscribe("g", ["order-events"]);
    const whole = `SELECT sum(seq_scan)::int AS whole FROM pg_stat_user_tables WHERE relname = 'outbox'`;
    const before = await admin(whole);
    for (let n = 0; n < 500; n += 10) {
      await commit("order", "order-events", n, n + 10);
      bus.wake("order");
    }
    await eventually(() => expect(values).toHaveLength(500));
    await stop(); // what sessions have done is counted at their end
    expect(await admin(whole)).toEqual(before);
  });

  it("meets a row that commits late before what was committed after it, however many have passed it by", async () => {
    const values = await subscribe("g", ["order-events"]);
    const late = openDatabase({
      url: roleUrl(database.adminUrl, "order"),
      schema: "order",
      maxConnections: 1,
    });
    parts.push(late);
    await late.transaction(async (tx) => {
      await tx.query("SET LOCAL idle_in_transaction_session_timeout = 0");
      await tx.query(insertNumbers, ["order-events", -1, 0]);
      await commit("order", "order-events", 0, 3_000);
      bus.wake("order");
      await eventually(() => expect(values.length).toBe(3_000));
    });
    await commit("order", "order-events", 3_000, 3_001);
    bus.wake("order");
    await eventually(() => expect(values.length).toBe(3_002));
    expect(values.slice(-2)).toEqual(["-1", "3000"]);
  });

  const commitHere = async (from: number, to: number) => {
    await database.open("order", 1).query(
      `INSERT INTO outbox (id, subject, type, topic, key, headers, payload)
         SELECT gen_random_uuid(), 'order/1', 'order.OrderCreated.v1', 'order-events', 'k',
           json_build_object('ce_id', n::text), n::text
         FROM generate_series($1::int, $2::int - 1) AS n ORDER BY n`,
      [from, to],
    );
    bus.wake("order", numbers(from, to).map(orderRecord));
  };
  const orderRecord = (value: string) => ({
    ...{ topic: "order-events", key: "k", value },
    headers: { ce_id: value },
  });

  it("hands on what this process has committed before it is in the log, and not again from there", async () => {
    const values = await subscribe("g", ["order-events"]);
    for (let n = 0; n < 5; n += 1) {
      await commitHere(n, n + 1);
      await eventually(() => expect(values).toHaveLength(n + 1));
    }
    await eventually(async () => expect(await waiting()).toBe(0));
    const blocking = openDatabase({
      url: database.adminUrl,
      schema: "bus",
      maxConnections: 1,
    });
    parts.push(blocking);
    await blocking.transaction(async (tx) => {
      await tx.query("LOCK TABLE log IN EXCLUSIVE MODE");
      await commitHere(5, 10);
      await eventually(() => expect(values).toEqual(numbers(0, 10)));
      expect(await waiting()).toBe(5);
    });
    await eventually(async () => expect(await waiting()).toBe(0));
    await commitHere(10, 12);
    await eventually(() => expect(values).toEqual(numbers(0, 12)));
    await eventually(async () =>
      expect(await bus.lag?.("g", ["order-events"])).toEqual([
        { topic: "order-events", behind: 0 },
      ]),
    );
    expect(values).toEqual(numbers(0, 12));
  });

  it("keeps the order when a batch ahead of the log has failed", async () => {
    const values: string[] = [];
    let failures = 2;
    const part = bus.subscribe({
      group: "g",
      topics: ["order-events"],
      async handle(batch) {
        await database.db.transaction(async (tx) => {
          await batch.settle(tx);
          if (batch.records.some(({ value }) => value === "7") && failures > 0)
            throw new Error(`still ${failures--} times`);
        });
        // As an inbox would: after a failure what was handled ahead of the log comes from there again.
        for (const { value } of batch.records)
          if (!values.includes(value)) values.push(value);
      },
    });
    await part.start?.();
    parts.push(part);
    for (let n = 0; n < 40; n += 1) {
      await commitHere(n, n + 1);
      if (n === 5) await eventually(() => expect(values).toHaveLength(6));
    }
    await eventually(() => expect(values).toHaveLength(40));
    expect(values).toEqual(numbers(0, 40));
  });

  it("hands over together what has come when a group's turn comes", async () => {
    const turn = turns(1);
    const { promise: held, resolve: release } =
      Promise.withResolvers<undefined>();
    const batches: string[][] = [];
    const part = bus.subscribe({
      ...{ group: "g", topics: ["order-events"], turn },
      async handle(batch) {
        await database.db.transaction((tx) => batch.settle(tx));
        batches.push(batch.records.map(({ value }) => value));
      },
    });
    await part.start?.();
    parts.push(part);
    await commitHere(0, 1);
    await eventually(() => expect(batches).toEqual([["0"]]));
    const others = turn(0, () => held);
    await commitHere(1, 3);
    await commitHere(3, 6);
    expect(batches).toHaveLength(1);
    release(undefined);
    await others;
    await eventually(() => expect(batches.flat()).toEqual(numbers(0, 6)));
    expect(batches).toEqual([["0"], numbers(1, 6)]);
  });

  it("does not move past what has failed when it is stopped", async () => {
    let tries = 0;
    const failing = bus.subscribe({
      group: "g",
      topics: ["order-events"],
      handle: () => Promise.reject(new Error(`try ${(tries += 1)}`)),
    });
    await failing.start?.();
    await commitHere(0, 3);
    await eventually(() => expect(tries).toBeGreaterThan(0));
    await failing.stop?.();
    const values = await subscribe("g", ["order-events"]);
    await eventually(() => expect(values).toEqual(numbers(0, 3)));
  });

  it("finds rows that nobody announced", async () => {
    const values = await subscribe("g", ["order-events"]);
    await commit("payment", "order-events", 0, 3);
    await eventually(() => expect(values).toEqual(numbers(0, 3)));
  });

  it("lets a group that is far behind catch up from the table while more comes", async () => {
    await commit("order", "order-events", 0, 12_000);
    await commit("payment", "payment-events", 0, 3_000);
    bus.wake("order");
    bus.wake("payment");
    await eventually(async () => expect(await waiting()).toBe(0));
    const behind = subscribe("late", ["order-events"]);
    for (let n = 12_000; n < 13_000; n += 50) {
      await commit("order", "order-events", n, n + 50);
      bus.wake("order");
    }
    const values = await behind;
    await eventually(() => expect(values).toHaveLength(13_000));
    expect(values).toEqual(numbers(0, 13_000));
  });

  it("gets over the loss of its connections, and nobody misses or repeats a record", async () => {
    const values = await subscribe("g", ["order-events"]);
    await commit("order", "order-events", 0, 10);
    bus.wake("order");
    await eventually(() => expect(values).toHaveLength(10));
    await admin(endBusSessions);
    await commit("order", "order-events", 10, 20);
    bus.wake("order");
    await eventually(() => expect(values).toEqual(numbers(0, 20)));
    await eventually(async () =>
      expect(await bus.health?.()).toEqual({ status: "up" }),
    );
  });

  it("believes the table when the server has forgotten the end of the log", async () => {
    const values = await subscribe("g", ["order-events"]);
    await subscribe("other", ["payment-events"]);
    await commit("order", "order-events", 0, 5);
    bus.wake("order");
    await eventually(() => expect(values).toHaveLength(5));
    // What a crash would do that loses the last commits, since nobody waits for the disk.
    await admin(
      "DELETE FROM bus.log WHERE position > 3",
      "UPDATE bus.cursors SET position = least(position, 3)",
      "UPDATE bus.sequencer SET last = 3",
      endBusSessions,
    );
    await commit("order", "order-events", 5, 8);
    bus.wake("order");
    await eventually(() =>
      expect(values).toEqual([...numbers(0, 5), ...numbers(5, 8)]),
    );
  });

  it("takes turns with another process, and each hands on what the other wrote", async () => {
    const other = await open();
    const here = await subscribe("here", ["order-events"]);
    const there = await subscribe("there", ["order-events"], other);
    for (let n = 0; n < 300; n += 10) {
      await commit("order", "order-events", n, n + 10);
      (n % 20 === 0 ? bus : other).wake("order");
    }
    await eventually(() => {
      expect(here).toEqual(numbers(0, 300));
      expect(there).toEqual(numbers(0, 300));
    });
  });

  it("drops a partition that is old and that every group has passed", async () => {
    const partitions = async () => {
      const rows = await admin(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'bus.log'::regclass ORDER BY 1",
      );
      return rows.map(({ name }) => name);
    };
    await commit("order", "order-events", 0, 5);
    await subscribe("g", ["order-events"]).then((values) =>
      eventually(() => expect(values).toHaveLength(5)),
    );
    await admin("UPDATE bus.sequencer SET last = 2500000");
    await admin("SELECT bus.keep_log_partitions()");
    expect(await partitions()).toEqual([
      "bus.log_0",
      "bus.log_1",
      "bus.log_2",
      "bus.log_3",
    ]);
    await admin(`UPDATE bus.log SET written_at = now() - interval '25 hours'`);
    await admin("SELECT bus.keep_log_partitions()");
    expect(await partitions()).toContain("bus.log_0");
    await admin("UPDATE bus.cursors SET position = 1500000");
    await admin("SELECT bus.keep_log_partitions()");
    expect(await partitions()).not.toContain("bus.log_0");
  });
});
