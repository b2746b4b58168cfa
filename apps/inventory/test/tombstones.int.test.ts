import { newId } from "@cartwright/kernel/ids";
import { expectTombstone } from "@cartwright/testing/tombstones";
import { anInventory, piles, release, reserve, stock } from "./fixtures.ts";

it("refuses to reserve what was released before, repeats both answers, and holds nothing", async () => {
  const service = await anInventory();
  await stock(service, { MUG: 20 });
  const orderId = newId();
  await expectTombstone(service, {
    doing: reserve(orderId, { MUG: 1 }),
    undoing: release(orderId),
    undone: "inventory.InventoryReleased.v1",
    refused: "inventory.InventoryReservationRejected.v1",
  });
  expect(await piles(service, "MUG")).toEqual({
    ...{ available: 20, reserved: 0, sold: 0 },
  });
  await service.stop();
});
