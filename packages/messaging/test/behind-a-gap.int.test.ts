import { reserveInventory } from "@cartwright/contracts/inventory";
import type { Message } from "@cartwright/contracts/message";
import { orderCompleted } from "@cartwright/contracts/order";
import type { BatchDatabase, Tx } from "@cartwright/database/tx";
import { newId } from "@cartwright/kernel/ids";
import { silentLogger } from "@cartwright/observability/logger";
import { noTracing } from "@cartwright/observability/tracing";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { messageConsumer } from "../src/consumer.ts";
import { on } from "../src/handler.ts";
import { maintenance } from "../src/maintenance.ts";
import { orderRecord, scriptedBus } from "./scripted-bus.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("inventory");
  await maintenance(database.db, silentLogger).start?.();
  // Older messages than the consumer itself would be believed, whatever is missing before them.
  await aConsumer().bus.deliver([orderRecord(newId(), 1)]);
});
afterAll(() => database.stop());
beforeEach(async () => {
  for (const table of ["parked_keys", "parked_messages"])
    await database.db.query(`DELETE FROM ${table}`);
});

/** Says of each statement about messages that wait how many rows it has read. */
function counting(reads: number[]): BatchDatabase {
  const counted = (tx: Tx): Tx => ({
    async query(statement, values) {
      const rows = await tx.query(statement, values);
      const isRead =
        typeof statement === "object" && statement.name === "parked-waiting";
      if (isRead) reads.push(rows.length);
      return rows as never;
    },
    send: (statement, values) => {
      tx.send(statement, values);
    },
    afterCommit: (callback) => {
      tx.afterCommit(callback);
    },
    afterGivingUp: (callback) => {
      tx.afterGivingUp(callback);
    },
  });
  return {
    query: (statement, values) => database.db.query(statement, values),
    transaction: (work) => database.db.transaction((tx) => work(counted(tx))),
    turn: database.db.turn,
  };
}

function aConsumer(effect: (message: Message) => void = () => undefined) {
  const bus = scriptedBus();
  const handled: Message[] = [];
  const reads: number[] = [];
  messageConsumer({
    ...{ db: counting(reads), bus, group: "test" },
    handlers: [
      on([orderCompleted, reserveInventory], async (_, messages) => {
        messages.forEach(effect);
        handled.push(...messages);
        return Promise.resolve();
      }),
    ],
    ...{ logger: silentLogger, tracing: noTracing },
  });
  /** Events by their numbers, commands by theirs. */
  const told = () =>
    handled.map(({ attempt, sequence }) =>
      attempt === undefined ? sequence : `command ${sequence}`,
    );
  return { bus, reads, told };
}

const command = (order: string, sequence: number) => ({
  ...orderRecord(order, sequence, {
    headers: {
      ...{ ce_type: reserveInventory.type, ce_attempt: "1" },
      ce_subject: `inventory/${order}`,
    },
    value: JSON.stringify({
      orderId: order,
      lines: [{ sku: "MUG", quantity: 1 }],
    }),
  }),
  topic: "inventory-commands",
});

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);

const left = () =>
  database.db.query(
    `SELECT (SELECT count(*)::int FROM parked_messages) AS messages, (SELECT count(*)::int FROM parked_keys) AS keys`,
  );

const many = 2_500;

describe("with thousands of messages behind one that is missing", () => {
  let order: string;
  beforeEach(async () => {
    order = newId();
    const { bus } = aConsumer();
    for (let from = 2; from <= many; from += 500)
      await bus.deliver(
        numbers(from, Math.min(many, from + 499)).map((n) =>
          orderRecord(order, n),
        ),
      );
    await bus.deliver([command(order, 1)]);
  });

  it("takes up a bounded number at a time, and all of them in order", async () => {
    const { bus, reads, told } = aConsumer();
    const settled: number[] = [];
    await bus.deliver(
      [
        ...[orderRecord(order, 1), command(order, 2)],
        orderRecord(order, many + 1),
      ],
      () => Promise.resolve(void settled.push(told().length)),
    );
    expect(told()).toEqual([
      ...numbers(1, many),
      ...["command 1", "command 2", many + 1],
    ]);
    expect(Math.max(...reads)).toBeLessThanOrEqual(1_001);
    expect(settled).toEqual([many + 3]);
    expect(await left()).toEqual([{ messages: 0, keys: 0 }]);
  });

  it("goes on after a crash between two turns", async () => {
    const first = orderRecord(order, 1);
    const dying = aConsumer(({ sequence }) => {
      if (sequence === 1_500)
        throw Object.assign(new Error("killed"), { code: "57P01" });
    });
    await expect(dying.bus.deliver([first])).rejects.toThrow("killed");
    expect(dying.told()).toEqual(numbers(1, 1_001));
    const { bus, told } = aConsumer();
    await bus.deliver([first]);
    expect(told()).toEqual([...numbers(1_002, many), "command 1"]);
    expect(await left()).toEqual([{ messages: 0, keys: 0 }]);
  });

  it("blames no message when the member has lost its part between two turns", async () => {
    const first = orderRecord(order, 1);
    const { bus, told } = aConsumer();
    const lost = () => Promise.reject(new Error("The group is rebalancing."));
    const settle = () => Promise.resolve();
    await expect(bus.deliver([first], settle, lost)).rejects.toThrow(
      "The group is rebalancing.",
    );
    await bus.deliver([first]);
    expect(told()).toEqual([...numbers(1, many), "command 1"]);
    expect(await left()).toEqual([{ messages: 0, keys: 0 }]);
  });

  it("reads little of them while the message is still missing", async () => {
    const { bus, reads, told } = aConsumer();
    await bus.deliver([orderRecord(order, many + 1), command(order, 2)]);
    expect(reads).toEqual([1_001]);
    expect(told()).toEqual([]);
    expect(await left()).toEqual([{ messages: many + 2, keys: 1 }]);
  });
});

it("does not let one key hide what waits under the others", async () => {
  const [long, short] = [newId(), newId()];
  const { bus, told } = aConsumer();
  await bus.deliver(numbers(2, 900).map((n) => orderRecord(long, n)));
  await bus.deliver([orderRecord(short, 2), orderRecord(short, 3)]);
  await bus.deliver([orderRecord(long, 901), orderRecord(short, 1)]);
  expect(told()).toEqual([1, 2, 3]);
});
