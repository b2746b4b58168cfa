import { orderCompleted } from "@cartwright/contracts/order";
import { days } from "@cartwright/kernel/duration";
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
import { idOf } from "./id-of.ts";
import { orderRecord, scriptedBus } from "./scripted-bus.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("inventory");
  await maintenance(database.db, silentLogger).start?.();
});
afterAll(() => database.stop());

/** A consumer whose effect is a row, written in the transaction that it is given. */
function aConsumer(then: () => void = () => undefined) {
  const bus = scriptedBus();
  const handler = on([orderCompleted], async (tx, messages) => {
    for (const { key } of messages)
      await tx.query(
        "INSERT INTO idempotency_keys (scope, key, fingerprint, status, headers) VALUES ('effect', $1, $2, 0, '{}')",
        [key, newId()],
      );
    then();
  });
  messageConsumer({
    ...{ db: database.db, bus, group: "test", handlers: [handler] },
    ...{ logger: silentLogger, tracing: noTracing },
  });
  return bus;
}

const effects = (key: string) =>
  database.db.query(
    "SELECT FROM idempotency_keys WHERE scope = 'effect' AND key = $1",
    [key],
  );
const remembered = (id: string) =>
  database.db.query("SELECT FROM inbox WHERE message_id = $1", [id]);
const anEvent = (key: string, id: string) =>
  orderRecord(key, 1, { headers: { ce_id: id } });

it("remembers a message in the transaction of its effect: both or neither", async () => {
  let broken = true;
  const bus = aConsumer(() => {
    if (broken) throw Object.assign(new Error("gone"), { code: "08006" });
  });
  const [order, id] = [newId(), newId()];
  await expect(bus.deliver([anEvent(order, id)])).rejects.toThrow("gone");
  expect([await effects(order), await remembered(id)]).toEqual([[], []]);
  broken = false;
  await bus.deliver([anEvent(order, id)]);
  expect(await effects(order)).toHaveLength(1);
  expect(await remembered(id)).toHaveLength(1);
  await bus.deliver([anEvent(order, id)]);
  expect(await effects(order)).toHaveLength(1);
});

it("remembers for longer than a topic keeps: a replay of everything that it may hold has no effect", async () => {
  const bus = aConsumer();
  const topicRetention = days(7);
  const records = Array.from({ length: 8 }, (_, age) =>
    anEvent(newId(), idOf(age * (topicRetention / 7))),
  );
  await bus.deliver(records);
  await bus.deliver(records);
  for (const { key } of records) expect(await effects(key)).toHaveLength(1);
});

it("sets aside, and does not handle, a message that is older than what is remembered", async () => {
  const bus = aConsumer();
  const [old, young] = [newId(), newId()];
  await bus.deliver([anEvent(old, idOf(days(30))), anEvent(young, newId())]);
  expect(await effects(old)).toEqual([]);
  expect(await effects(young)).toHaveLength(1);
  expect(
    await database.db.query("SELECT key FROM parked_messages"),
  ).toMatchObject([{ key: old }]);
});
