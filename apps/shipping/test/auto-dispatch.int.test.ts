import { newId } from "@cartwright/kernel/ids";
import { eventually } from "@cartwright/testing/eventually";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { shippingService } from "../src/shipping-service.ts";
import { cancel, confirm, create } from "./fixtures.ts";

let service: TestService;
beforeAll(async () => {
  service = await testService(shippingService, {
    env: { AUTO_DISPATCH_AFTER_MS: "200", CARRIER_LATENCY_MS: "10" },
  });
});
afterAll(() => service.stop());

const said = async () =>
  (await service.published()).map(
    ({ key, type }) => `${type.split(".")[1]} ${key}`,
  );

it("dispatches a confirmed order by itself, unless it is cancelled first", async () => {
  const [kept, cancelled] = [newId(), newId()];
  await service.deliver(create(kept), create(cancelled));
  await eventually(async () => expect(await said()).toHaveLength(2));
  await service.deliver(confirm(kept), confirm(cancelled));
  await service.deliver(cancel(cancelled));
  await eventually(async () =>
    expect(await said()).toContain(`ShipmentDispatched ${kept}`),
  );
  await eventually(async () =>
    expect(await service.platform.db.query("SELECT FROM attempts")).toEqual([]),
  );
  expect(await said()).not.toContain(`ShipmentDispatched ${cancelled}`);
});
