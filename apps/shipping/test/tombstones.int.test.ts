import { newId } from "@cartwright/kernel/ids";
import { testService } from "@cartwright/testing/test-service";
import { expectTombstone } from "@cartwright/testing/tombstones";
import { shippingService } from "../src/shipping-service.ts";
import { cancel, create } from "./fixtures.ts";

it("refuses to ship what was cancelled before, repeats both answers, and never asks the carrier", async () => {
  const service = await testService(shippingService);
  const orderId = newId();
  await expectTombstone(service, {
    doing: create(orderId),
    undoing: cancel(orderId),
    undone: "shipping.ShipmentCancelled.v1",
    refused: "shipping.ShipmentRejected.v1",
  });
  expect(await service.platform.db.query("SELECT FROM attempts")).toEqual([]);
  await service.stop();
});
