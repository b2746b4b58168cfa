import { newId, type OrderId, type UserId } from "@cartwright/kernel/ids";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { insertMany } from "../src/db/delivery-store.ts";
import { requestDelivery, type Delivery } from "../src/domain/delivery.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("notification");
});
afterAll(() => database.stop());

const aDelivery = () => {
  const [orderId, customerId] = [newId<"order">(), newId<"user">()];
  const request: { orderId: OrderId; customerId: UserId; template: string } = {
    ...{ orderId, customerId, template: "order-confirmed" },
  };
  return requestDelivery(request, new Date());
};
const insert = (...deliveries: Delivery[]) =>
  database.db.transaction((tx) => insertMany(tx, deliveries));

it("passes over a delivery that is there", async () => {
  const [first, second] = [aDelivery(), aDelivery()];
  await insert(first);
  expect(await insert(first, second)).toEqual(new Set([second.id]));
});

it("does not pass over another delivery of the same fact", async () => {
  const delivery = aDelivery();
  await insert(delivery);
  const other = { ...delivery, id: newId<"delivery">() };
  await expect(insert(other)).rejects.toMatchObject({ code: "23505" });
});
