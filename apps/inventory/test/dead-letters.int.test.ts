import { newId } from "@cartwright/kernel/ids";
import { anOperator } from "@cartwright/testing/principals";
import type { TestService } from "@cartwright/testing/test-service";
import { anInventory, release, reserve, stock } from "./fixtures.ts";

let service: TestService;
beforeAll(async () => {
  service = await anInventory();
  await stock(service, { MUG: 5 });
});
afterAll(() => service.stop());

const said = async () =>
  (await service.published()).map(({ type, data }) => [
    type,
    (data as { code?: string }).code,
  ]);

it("frees an order whose reservation is set aside, and refuses the reservation when it is requeued", async () => {
  const orderId = newId();
  const { db } = service.platform;
  await db.query(
    "INSERT INTO parked_keys (consumer, key, reason) VALUES ('inventory', $1, 'handler-failed')",
    [orderId],
  );
  await service.deliver(reserve(orderId, { MUG: 2 }));
  expect(await said()).toEqual([]);

  await service.deliver(release(orderId));
  expect(await said()).toEqual([["inventory.InventoryReleased.v1", undefined]]);

  const { body } = await service
    .as(anOperator())
    .post("/api/v1/operations/inventory/dead-letters/requeue")
    .send({ filter: { key: orderId }, reason: "the bug is mended" })
    .expect(200);
  expect(body).toEqual({ handled: 1, dropped: 0, stopped: [], remaining: 0 });
  expect((await said()).at(-1)).toEqual([
    "inventory.InventoryReservationRejected.v1",
    "released",
  ]);
  expect(await db.query("SELECT available FROM stock")).toEqual([
    { available: 5 },
  ]);
});
