import { eventually } from "@cartwright/testing/eventually";
import type { TestService } from "@cartwright/testing/test-service";
import {
  anOrderService,
  aPlacedOrder,
  lastCommand,
} from "./an-order-service.ts";

let service: TestService;
beforeAll(async () => {
  service = await anOrderService({ env: { SAGA_TIME_SCALE: "1" } });
});
afterAll(() => service.stop());

it("keeps its other deadlines when a newer release has left a saga of its own behind", async () => {
  const { db } = service.platform;
  const [newer, known] = [
    await aPlacedOrder(service),
    await aPlacedOrder(service),
  ];
  await db.query(
    "UPDATE saga_instances SET version = 99, deadline = now(), wake_at = now() WHERE key = $1",
    [newer],
  );
  await db.query(
    "UPDATE saga_instances SET deadline = now(), wake_at = now() WHERE key = $1",
    [known],
  );
  await eventually(async () =>
    expect(await lastCommand(service, "inventory-commands")).toMatchObject({
      type: "inventory.ReleaseInventory.v1",
      key: known,
    }),
  );
});

it("refuses to start where a saga's version was first run with other steps", async () => {
  const { db } = service.platform;
  await db.query(
    `UPDATE saga_definitions SET steps = json_build_array(steps -> 0) WHERE saga = 'cancel-order'`,
  );
  await expect(anOrderService({ database: service.database })).rejects.toThrow(
    "The saga cancel-order has changed under version 1: step 2 was missing and is now retriable cancel-payment",
  );
});
