import { orderCompleted } from "@cartwright/contracts/order";
import type { Message } from "@cartwright/contracts/message";
import type { Tx } from "@cartwright/database/tx";
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
});
afterAll(() => database.stop());
beforeEach(async () => {
  for (const table of ["parked_keys", "parked_messages", "idempotency_keys"])
    await database.db.query(`DELETE FROM ${table}`);
});

const deadline = 300;

/** A consumer in a hurry, whose handler notes each message in a table before it does what the test says. */
function aConsumer(effect: (message: Message, tx: Tx) => Promise<unknown>) {
  const bus = scriptedBus();
  const handler = on([orderCompleted], async (tx, messages) => {
    for (const message of messages) {
      await note(tx, message.key);
      await effect(message, tx);
    }
  });
  messageConsumer({
    ...{ db: database.db, bus, group: "test", handlers: [handler] },
    ...{ deadline, logger: silentLogger, tracing: noTracing },
  });
  return bus;
}

const note = (tx: Tx, key: string) =>
  tx.query(
    "INSERT INTO idempotency_keys (scope, key, fingerprint, status, headers) VALUES ('noted', $1, '', 0, '{}')",
    [key],
  );

const noted = async () =>
  (
    await database.db.query<{ key: string }>(
      "SELECT key FROM idempotency_keys ORDER BY key",
    )
  ).map(({ key }) => key);

const parked = () =>
  database.db.query<{ key: string; reason: string; detail: string }>(
    "SELECT key, reason, detail FROM parked_messages ORDER BY id",
  );

const never = new Promise<never>(() => undefined);

it("parks the message whose handler never returns, with the reason, and lets the others flow on", async () => {
  const [hanging, ...good] = [newId(), newId(), newId()];
  const bus = aConsumer(({ key }) =>
    key === hanging ? never : Promise.resolve(),
  );
  await bus.deliver([hanging, ...good].map((key) => orderRecord(key, 1)));
  expect(await noted()).toEqual(good.toSorted());
  const [message, ...others] = await parked();
  expect(others).toEqual([]);
  expect(message).toMatchObject({ key: hanging, reason: "handler-failed" });
  expect(message?.detail).toContain(
    "The handlers had not come to an end after 300 ms, and were not waiting for the database.",
  );
});

it("keeps nothing of what a handler does that returns too late", async () => {
  const { promise: goOn, resolve } = Promise.withResolvers<undefined>();
  const late: Promise<unknown>[] = [];
  const bus = aConsumer(async (_, tx) => {
    await goOn;
    const write = note(tx, "late");
    late.push(write);
    await write;
  });
  await bus.deliver([orderRecord(newId(), 1)]);
  resolve(undefined);
  await expect(goOn.then(() => late[0])).rejects.toThrow(
    "The transaction is over.",
  );
  expect(await noted()).toEqual([]);
  expect(await parked()).toHaveLength(1);
});

it("parks nothing when a process was held up for once", async () => {
  let heldUp = false;
  const order = newId();
  const bus = aConsumer(async () => {
    if (heldUp) return;
    heldUp = true;
    await never;
  });
  await bus.deliver([orderRecord(order, 1)]);
  expect(await noted()).toEqual([order]);
  expect(await parked()).toEqual([]);
});

it("parks nothing when the database is slow: what is late comes again, what was done is known", async () => {
  const [slow, quick] = [newId(), newId()];
  let seconds = 0.6;
  const bus = aConsumer(({ key }, tx) =>
    key === slow
      ? tx.query("SELECT pg_sleep($1)", [seconds])
      : Promise.resolve(),
  );
  const records = [slow, quick].map((key) => orderRecord(key, 1));
  await expect(bus.deliver(records)).rejects.toThrow(
    "The database had not answered the handlers after 300 ms.",
  );
  expect(await parked()).toEqual([]);
  seconds = 0;
  await bus.deliver(records);
  expect(await noted()).toEqual([slow, quick].toSorted());
  expect(await parked()).toEqual([]);
});
