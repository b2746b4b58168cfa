import { randomBytes } from "node:crypto";
import { orderCompleted } from "@cartwright/contracts/order";
import {
  releaseInventory,
  reserveInventory,
} from "@cartwright/contracts/inventory";
import type { Message } from "@cartwright/contracts/message";
import type { Tx } from "@cartwright/database/tx";
import { days } from "@cartwright/kernel/duration";
import { newId } from "@cartwright/kernel/ids";
import { silentLogger } from "@cartwright/observability/logger";
import { noTracing } from "@cartwright/observability/tracing";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import type { BusRecord } from "../src/bus.ts";
import { messageConsumer } from "../src/consumer.ts";
import { inAnyOrder, on, type BatchHandler } from "../src/handler.ts";
import { maintenance } from "../src/maintenance.ts";
import { lockSequences, saveSequences } from "../src/sequences.ts";
import { idOf } from "./id-of.ts";
import { orderRecord, scriptedBus } from "./scripted-bus.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("inventory");
  await maintenance(database.db, silentLogger).start?.();
});
afterAll(() => database.stop());
beforeEach(async () => {
  for (const table of [
    "parked_keys",
    "parked_messages",
    "outbox",
    "command_answers",
  ]) {
    await database.db.query(`DELETE FROM ${table}`);
  }
});

/** A consumer whose handler keeps what it is given, and does to each message what the test says. */
function aConsumer(effect: (message: Message) => void = () => undefined) {
  const bus = scriptedBus();
  const handled: Message[] = [];
  const batches: number[] = [];
  const handler: BatchHandler = on(
    [orderCompleted, reserveInventory, releaseInventory],
    async (tx, messages) => {
      await tx.query("SELECT 1");
      messages.forEach(effect);
      handled.push(...messages);
      batches.push(messages.length);
    },
  );
  messageConsumer({
    db: database.db,
    bus,
    group: "test",
    handlers: [handler],
    logger: silentLogger,
    tracing: noTracing,
  });
  const told = () =>
    handled.map(({ key, sequence }) => `${key.slice(-4)}#${sequence}`);
  return { bus, handled, batches, told };
}

const named = (key: string, ...sequences: number[]) =>
  sequences.map((sequence) => `${key.slice(-4)}#${sequence}`);

const parked = () =>
  database.db.query<{ key: string; reason: string }>(
    "SELECT key, reason FROM parked_messages ORDER BY id",
  );

it("handles a fetch of many keys in one transaction", async () => {
  const { bus, batches } = aConsumer();
  const records = Array.from({ length: 50 }, () => orderRecord(newId(), 1));
  await bus.deliver(records);
  expect(batches).toEqual([50]);
});

it("has one effect however often a message is delivered", async () => {
  const { bus, told } = aConsumer();
  const order = newId();
  const record = orderRecord(order, 1);
  await bus.deliver([record, record]);
  await bus.deliver([record]);
  expect(told()).toEqual(named(order, 1));
});

it("takes an id in upper case for the same as in lower case, and not for one that was there", async () => {
  const { bus, told } = aConsumer();
  const order = newId();
  const record = orderRecord(order, 1);
  const { ce_id: id = "" } = record.headers;
  const shouted = { ...record.headers, ce_id: id.toUpperCase() };
  await bus.deliver([{ ...record, headers: shouted }]);
  expect(told()).toEqual(named(order, 1));
  await bus.deliver([record]);
  expect(told()).toEqual(named(order, 1));
});

it("drops an old message that a revived relay repeats after newer ones", async () => {
  const { bus, told } = aConsumer();
  const order = newId();
  const [first, second] = [orderRecord(order, 1), orderRecord(order, 2)];
  await bus.deliver([first, second]);
  await bus.deliver([orderRecord(order, 3), second]);
  expect(told()).toEqual(named(order, 1, 2, 3));
});

it("holds back what came too early until the missing message is there, also over batches", async () => {
  const { bus, told } = aConsumer();
  const order = newId();
  await bus.deliver([orderRecord(order, 1), orderRecord(order, 3)]);
  expect(await parked()).toMatchObject([{ reason: "sequence-gap" }]);
  await bus.deliver([orderRecord(order, 4)]);
  expect(told()).toEqual(named(order, 1));
  await bus.deliver([orderRecord(order, 2), orderRecord(order, 5)]);
  expect(told()).toEqual(named(order, 1, 2, 3, 4, 5));
  expect(await parked()).toEqual([]);
  expect(await database.db.query("SELECT FROM parked_keys")).toEqual([]);
});

it.each<[string, (order: string) => BusRecord]>([
  ["malformed", (order) => orderRecord(order, 1, { value: "{ no json" })],
  ["malformed", (order) => orderRecord(order, 1, { value: "\0\0\x07binary" })],
  ["schema-mismatch", (order) => orderRecord(order, 1, { value: "{}" })],
  [
    "unknown-type",
    (order) =>
      orderRecord(order, 1, { headers: { ce_type: "shop.OrderLost.v9" } }),
  ],
  [
    "unknown-type",
    (order) => ({
      ...orderRecord(order, 1, {
        headers: { ce_type: "inventory.CountInventory.v9", ce_attempt: "1" },
      }),
      topic: "inventory-commands",
    }),
  ],
  [
    "malformed",
    (order) => orderRecord(order, 1, { headers: { ce_sequence: "soon" } }),
  ],
  [
    "malformed",
    (order) =>
      orderRecord(order, 1, { headers: { ce_sequence: "3000000000" } }),
  ],
  [
    "malformed",
    (order) => orderRecord(order, 1, { headers: { ce_id: "no uuid" } }),
  ],
  [
    "malformed",
    (order) => orderRecord(order, 1, { headers: { ce_id: idOf(-days(8)) } }),
  ],
  [
    "malformed",
    (order) => orderRecord(order, 1, { headers: { ce_time: "soon" } }),
  ],
  [
    "malformed",
    (order) => orderRecord(order, 1, { headers: { ce_source: "\0" } }),
  ],
])(
  "parks a message that is %s with its reason, and lets other orders flow on",
  async (reason, spoilt) => {
    const { bus, told } = aConsumer();
    const [bad, good] = [newId(), newId()];
    await bus.deliver([spoilt(bad), orderRecord(bad, 2), orderRecord(good, 1)]);
    expect(told()).toEqual(named(good, 1));
    expect(await parked()).toEqual([
      { key: bad, reason },
      { key: bad, reason: "key-parked" },
    ]);
  },
);

describe("an event that only a newer release knows", () => {
  const newer = (order: string, sequence: number, value = '{"new":1}') =>
    orderRecord(order, sequence, {
      headers: { ce_type: "order.OrderPraised.v1" },
      value,
    });

  it("is passed over in its turn: what comes after it waits for it, and for nobody else", async () => {
    const { bus, told } = aConsumer();
    const order = newId();
    await bus.deliver([orderRecord(order, 1), orderRecord(order, 3)]);
    expect(told()).toEqual(named(order, 1));
    await bus.deliver([newer(order, 2), newer(order, 4), newer(order, 4)]);
    await bus.deliver([orderRecord(order, 5)]);
    expect(told()).toEqual(named(order, 1, 3, 5));
    expect(await parked()).toEqual([]);
  });

  it("reaches, as it came and once, a handler that hears these too", async () => {
    const bus = scriptedBus();
    const heard: Message[] = [];
    const keep = async (_: unknown, messages: readonly Message[]) => {
      heard.push(...messages);
      await Promise.resolve();
    };
    messageConsumer({
      ...{ db: database.db, bus, group: "keeper" },
      handlers: [{ ...inAnyOrder([orderCompleted], keep), newerEvents: true }],
      ...{ logger: silentLogger, tracing: noTracing },
    });
    const order = newId();
    const record = newer(order, 1);
    await bus.deliver([record, orderRecord(order, 2)]);
    await bus.deliver([record, newer(order, 3, "{ no json")]);
    expect(heard).toMatchObject([
      { type: "order.OrderPraised.v1", key: order, payload: '{"new":1}' },
      { type: "order.OrderCompleted.v1", key: order },
    ]);
    expect(await parked()).toEqual([{ key: order, reason: "malformed" }]);
  });
});

it("finds the one message whose handling fails, parks its key and does the rest", async () => {
  const [bad, ...good] = Array.from({ length: 9 }, () => newId());
  const { bus, told } = aConsumer(({ key }) => {
    if (key === bad) throw new TypeError("x is not a function");
  });
  const records = [bad, ...good].map((key) => orderRecord(key ?? "", 1));
  await bus.deliver([...records, orderRecord(bad ?? "", 2)]);
  expect(new Set(told())).toEqual(
    new Set(good.flatMap((key) => named(key, 1))),
  );
  expect(await parked()).toEqual([
    { key: bad, reason: "handler-failed" },
    { key: bad, reason: "key-parked" },
  ]);
});

it("sets a failed message aside once, though its batch comes again before it was settled", async () => {
  const { bus } = aConsumer(() => {
    throw new TypeError("x is not a function");
  });
  const record = orderRecord(newId(), 1);
  const dies = () => Promise.reject(new Error("the process died"));
  await expect(bus.deliver([record], dies)).rejects.toThrow("died");
  await bus.deliver([record]);
  expect(await parked()).toEqual([
    { key: record.key, reason: "handler-failed" },
  ]);
});

it("says since when a key waits for a missing message, however many come after", async () => {
  const { bus } = aConsumer();
  const order = newId();
  const since = () =>
    database.db.query("SELECT parked_at FROM parked_keys WHERE key = $1", [
      order,
    ]);
  await bus.deliver([orderRecord(order, 1), orderRecord(order, 3)]);
  const first = await since();
  await bus.deliver([orderRecord(order, 4)]);
  expect(first).toHaveLength(1);
  expect(await since()).toEqual(first);
  expect(await parked()).toHaveLength(2);
});

it("hands a key that waits for a missing message to a person once one of its messages is unreadable", async () => {
  const { bus } = aConsumer();
  const order = newId();
  await bus.deliver([orderRecord(order, 1), orderRecord(order, 3)]);
  await bus.deliver([orderRecord(order, 4, { value: "{ no json" })]);
  const reasons = await database.db.query("SELECT reason FROM parked_keys");
  expect(reasons).toEqual([{ reason: "malformed" }]);
});

it("handles an undo though the command that it takes back is parked", async () => {
  const { bus, handled } = aConsumer((message) => {
    if (message.type === reserveInventory.type) throw new TypeError("broken");
  });
  const order = newId();
  await bus.deliver([commandRecord(order, newId(), 1)]);
  await bus.deliver([
    {
      ...commandRecord(order, newId(), 1, releaseInventory.type),
      value: JSON.stringify({ orderId: order }),
    },
  ]);
  expect(handled.map(({ type }) => type)).toEqual([releaseInventory.type]);
  expect(await parked()).toEqual([{ key: order, reason: "handler-failed" }]);
});

it("leaves the batch to be delivered again when the database fails, and parks nothing", async () => {
  let broken = true;
  const { bus, told } = aConsumer(() => {
    if (broken) throw Object.assign(new Error("gone"), { code: "08006" });
  });
  const order = newId();
  const record = orderRecord(order, 1);
  await expect(bus.deliver([record])).rejects.toThrow("gone");
  broken = false;
  await bus.deliver([record]);
  expect(told()).toEqual(named(order, 1));
  expect(await parked()).toEqual([]);
});

it("repeats the very answer it gave when a command is sent again", async () => {
  const { bus, told } = aConsumer();
  const order = newId();
  const command = commandRecord(order, newId(), 1);
  await bus.deliver([command]);
  await database.db.query(
    `INSERT INTO command_answers (command_id, event_id, subject, type, topic, key, headers, payload)
     VALUES ($1, $2, 's', 't', 'inventory-events', $3, json_build_object('ce_commandid', $4::text), '{}')`,
    [command.headers.ce_id, newId(), order, command.headers.ce_id],
  );
  await bus.deliver([
    { ...command, headers: { ...command.headers, ce_attempt: "2" } },
  ]);
  expect(told()).toHaveLength(1);
  const again = await database.db.query<{ key: string }>(
    "SELECT key FROM outbox",
  );
  expect(again).toEqual([{ key: order }]);
});

it("hands on a command sent again that has no answer yet, once per batch", async () => {
  const { bus, told } = aConsumer();
  const order = newId();
  const id = newId();
  await bus.deliver([commandRecord(order, id, 1), commandRecord(order, id, 2)]);
  expect(told()).toHaveLength(1);
  await bus.deliver([commandRecord(order, id, 3), commandRecord(order, id, 3)]);
  expect(told()).toHaveLength(2);
});

const commandRecord = (
  orderId: string,
  id: string,
  attempt: number,
  type: string = reserveInventory.type,
): BusRecord =>
  orderRecord(orderId, 1, {
    headers: {
      ce_id: id,
      ce_type: type,
      ce_attempt: String(attempt),
    },
    value: JSON.stringify({ orderId, lines: [{ sku: "MUG", quantity: 1 }] }),
  });

it("parks nothing when it is the bus that cannot move on, and handles it when it comes again", async () => {
  const { bus, told } = aConsumer();
  const order = newId();
  const record = orderRecord(order, 1);
  const lost = bus.deliver([record], async (tx) => {
    await tx.query("SELECT 1 / 0");
  });
  await expect(lost).rejects.toThrow("division by zero");
  expect(await parked()).toEqual([]);
  await bus.deliver([record]);
  expect(told()).toEqual(named(order, 1, 1));
});

it("parks a message for whose subject no sequence can be kept, and does the rest", async () => {
  const { bus, told } = aConsumer();
  const [order, other] = [newId(), newId()];
  // More than an index takes, and not to be compressed.
  const ce_subject = `order/${randomBytes(8_000).toString("base64")}`;
  await bus.deliver([
    orderRecord(order, 1, { headers: { ce_subject } }),
    orderRecord(other, 1),
  ]);
  expect(await parked()).toEqual([{ key: order, reason: "handler-failed" }]);
  expect(told()).toContain(`${other.slice(-4)}#1`);
  await bus.deliver([orderRecord(other, 2)]);
  expect(told()).toContain(`${other.slice(-4)}#2`);
});

/** A consumer whose handler only sends its effect: a row of the order's, which `write` may spoil. */
function aSendingConsumer(
  write: (tx: Tx, messages: readonly Message[]) => void = () => undefined,
) {
  const bus = scriptedBus();
  const batches: number[] = [];
  messageConsumer({
    ...{ db: database.db, bus, group: "test" },
    ...{ logger: silentLogger, tracing: noTracing },
    handlers: [
      on([orderCompleted], (tx, messages) => {
        batches.push(messages.length);
        for (const { key } of messages)
          tx.send("INSERT INTO stock (sku) VALUES ($1)", [key]);
        write(tx, messages);
      }),
    ],
  });
  return { bus, batches };
}

const stocked = async (...skus: string[]): Promise<string[]> =>
  (
    await database.db.query<{ sku: string }>(
      "SELECT sku FROM stock WHERE sku = ANY ($1::text[]) ORDER BY sku",
      [skus],
    )
  ).map(({ sku }) => sku);

it("blames the message whose write, only sent, fails the commit", async () => {
  const { bus } = aSendingConsumer();
  const [there, ...others] = [newId(), newId(), newId()];
  await database.db.query("INSERT INTO stock (sku) VALUES ($1)", [there]);
  await bus.deliver([there, ...others].map((key) => orderRecord(key, 1)));
  expect(await parked()).toEqual([{ key: there, reason: "handler-failed" }]);
  expect(await stocked(...others)).toEqual(others.sort());
});

it("takes a batch in halves whose writes, only sent, the server stops for taking too long", async () => {
  const { bus, batches } = aSendingConsumer((tx, messages) => {
    tx.send("SET LOCAL statement_timeout = 50");
    if (messages.length > 2) tx.send("SELECT pg_sleep(1)");
  });
  const orders = [newId(), newId(), newId(), newId()].sort();
  await bus.deliver(orders.map((key) => orderRecord(key, 1)));
  expect(batches).toEqual([4, 2, 2]);
  expect(await stocked(...orders)).toEqual(orders);
  expect(await parked()).toEqual([]);
});

it("does not fall back in a sequence when a member that lost its partition commits late", async () => {
  const subject = `order/${newId()}`;
  const { db } = database;
  await db.transaction(async (late) => {
    await lockSequences(late, "test", [subject]);
    await db.transaction((heir) =>
      saveSequences(heir, "test", new Map([[subject, 2]])),
    );
    saveSequences(late, "test", new Map([[subject, 1]]));
  });
  const lasts = await db.transaction((tx) =>
    lockSequences(tx, "test", [subject]),
  );
  expect(lasts.get(subject)).toBe(2);
});
