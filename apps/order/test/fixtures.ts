import type { PostalAddress } from "@cartwright/contracts/shapes";
import {
  newId,
  type OrderId,
  type ProductId,
  type UserId,
} from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { place, type Order, type Placement } from "../src/domain/order.ts";
import type { PlaceOrderMemory } from "../src/sagas/place-order.saga.ts";

export const anAddress: PostalAddress = {
  name: "A. Customer",
  line1: "1 Market Square",
  postalCode: "10115",
  city: "Berlin",
  country: "DE",
};

export const aLine = (overrides: Partial<Order["items"][number]> = {}) => ({
  productId: newId<"product">() satisfies ProductId,
  sku: "MUG-01",
  name: "Mug",
  quantity: 2,
  unitPrice: money(1250, "EUR"),
  ...overrides,
});

export function anOrder(overrides: Partial<Order> = {}): Order {
  const placement: Placement = {
    id: newId<"order">() satisfies OrderId,
    number: "CW-0000-0000-0001",
    customerId: newId<"user">() satisfies UserId,
    items: [aLine()],
    total: money(2500, "EUR"),
    shippingAddress: anAddress,
  };
  const { order } = place(placement, new Date("2026-01-01T10:00:00Z"));
  return { ...order, ...overrides };
}

export function aPlaceOrderMemory(): PlaceOrderMemory {
  const order = anOrder();
  return {
    orderId: order.id,
    orderNumber: order.number,
    customerId: order.customerId,
    items: [...order.items],
    total: order.total,
    paymentToken: "tok_visa",
    address: anAddress,
  };
}
