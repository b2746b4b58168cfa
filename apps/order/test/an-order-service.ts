import { productCreated } from "@cartwright/contracts/catalog";
import type { Draft, Message } from "@cartwright/contracts/message";
import { newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { aCustomer } from "@cartwright/testing/principals";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { orderService } from "../src/order-service.ts";
import { anAddress } from "./fixtures.ts";

export const mug = {
  productId: newId(),
  sku: "MUG-01",
  name: "Mug",
  price: money(1250, "EUR"),
  at: "2026-01-01T00:00:00.000Z",
};

/** An order service that has heard of the mug. */
export async function anOrderService(
  options: Parameters<typeof testService>[1] = {},
): Promise<TestService> {
  const service = await testService(orderService, options);
  await service.deliver(productCreated(mug));
  return service;
}

export const aBody = (overrides: object = {}) => ({
  items: [{ productId: mug.productId, quantity: 2 }],
  paymentToken: "tok_visa",
  shippingAddress: anAddress,
  ...overrides,
});

/** The id of an order that a customer of its own has just placed. */
export async function aPlacedOrder(service: TestService): Promise<string> {
  const { body } = await service
    .as(aCustomer())
    .post("/api/v1/orders")
    .set("idempotency-key", newId())
    .send(aBody())
    .expect(202);
  return (body as { orderId: string }).orderId;
}

/** The last command that was sent to this topic. */
export async function lastCommand(
  service: TestService,
  topic: string,
): Promise<Message> {
  const sent = (await service.published()).filter((one) => one.topic === topic);
  const last = sent.at(-1);
  if (last === undefined) throw new Error(`Nothing was sent to ${topic}.`);
  return last;
}

/** Answers the last command of that topic. */
export const answer = async (
  service: TestService,
  topic: string,
  draft: Draft,
): Promise<void> =>
  service.deliver({
    ...draft,
    commandId: (await lastCommand(service, topic)).id,
  });
