import { allSubscriptions } from "../subscriptions.ts";
import type { Evidence } from "./evidence.ts";

/** What a small platform leaves behind after a good day: one order confirmed, one refused, a delivery. For the checkers' tests. */

const at = Date.UTC(2026, 0, 2);
const [sold, refused] = ["order-sold", "order-refused"];

/** UUIDv7, so that they carry a time. */
const idOf = (number: number): string =>
  `${at.toString(16).padStart(12, "0").slice(0, 8)}-${at.toString(16).padStart(12, "0").slice(8)}-7000-8000-${String(number).padStart(12, "0")}`;

const created = {
  id: idOf(1),
  type: "order.OrderCreated.v1",
  topic: "order-events",
  subject: `order/${sold}`,
  sequence: 1,
  attempt: null,
};
const confirmed = {
  ...created,
  id: idOf(2),
  type: "order.OrderConfirmed.v1",
  sequence: 2,
};
const command = {
  id: idOf(3),
  type: "payment.CapturePayment.v1",
  topic: "payment-commands",
  subject: `saga/${sold}`,
  sequence: 1,
  attempt: 1,
};
const messages = [created, confirmed, command];
const events = [created, confirmed];
const readers = ["inventory", "shipping", "notification"];

export const soundEvidence = (): Evidence => ({
  history: {
    postings: [
      {
        key: "key-1",
        customerId: "ada",
        replies: [{ status: 0 }, { status: 202, orderId: sold }],
        misuses: [{ status: 503 }, { status: 422 }],
      },
      {
        key: "key-2",
        customerId: "ada",
        replies: [{ status: 202, orderId: refused }],
        misuses: [],
      },
    ],
    adjustments: [
      {
        key: "key-3",
        sku: "MUG",
        delta: 10,
        replies: [{ status: 0 }, { status: 200 }],
      },
    ],
    creations: [{ key: "key-4", replies: [{ status: 503 }, { status: 201 }] }],
  },
  orders: [
    {
      id: sold,
      customerId: "ada",
      status: "confirmed",
      total: 2_000,
      items: [{ sku: "MUG", quantity: 2 }],
      createdAt: at,
      endedAt: at + 500,
    },
    {
      id: refused,
      customerId: "ada",
      status: "cancelled",
      total: 1_000,
      items: [{ sku: "MUG", quantity: 1 }],
      createdAt: at,
      endedAt: at + 900,
    },
  ],
  openSagas: [],
  stock: [
    {
      sku: "MUG",
      initial: 0,
      restocked: 10,
      available: 8,
      reserved: 0,
      sold: 2,
    },
  ],
  reservations: [
    { orderId: sold, status: "sold" },
    { orderId: refused, status: "released" },
  ],
  payments: [
    { id: "payment-1", orderId: sold },
    { id: "payment-2", orderId: refused },
  ],
  ourLedger: [
    {
      paymentId: "payment-1",
      kind: "capture",
      amount: 2_000,
      debit: "provider",
      credit: "sales",
    },
  ],
  providerLedger: [{ paymentId: "payment-1", kind: "capture", amount: 2_000 }],
  effects: [
    { effect: "parcel", key: sold },
    { effect: "mail", key: sold },
  ],
  committed: messages,
  published: messages.map((message, offset) => ({
    ...message,
    partition: `${message.topic}/0`,
    offset,
  })),
  watchedSince: at - 1,
  subscriptions: allSubscriptions,
  inboxes: [
    { consumer: "analytics", id: created.id, attempt: null },
    ...["analytics", "inventory", "shipping"].map((consumer) => ({
      consumer,
      id: confirmed.id,
      attempt: null,
    })),
    { consumer: "payment", id: command.id, attempt: 1 },
  ],
  sequences: readers.map((consumer) => ({
    consumer,
    subject: created.subject,
    last: 2,
  })),
  parked: [],
  archived: events.map(({ id }) => ({ id })),
  lastFaultAt: at,
});
