import { archive } from "@cartwright/app-analytics/db/archive-store";
import { addToSales } from "@cartwright/app-analytics/db/sales-store";
import type { DayOfSales } from "@cartwright/app-analytics/domain/sales";
import { reservationStore } from "@cartwright/app-inventory/db/reservation-store";
import { stockStore } from "@cartwright/app-inventory/db/stock-store";
import type { Reservation } from "@cartwright/app-inventory/domain/reservation";
import {
  insertMany,
  loadMany,
  saveMany,
} from "@cartwright/app-notification/db/delivery-store";
import { mailStore } from "@cartwright/app-notification/db/mail-store";
import { findTemplates } from "@cartwright/app-notification/db/templates";
import type {
  Delivery,
  SettledDelivery,
} from "@cartwright/app-notification/domain/delivery";
import { ledger, type Transfer } from "@cartwright/app-payment/db/ledger";
import { paymentStore } from "@cartwright/app-payment/db/payment-store";
import { providerEventStore } from "@cartwright/app-payment/db/provider-event-store";
import type {
  Payment,
  PaymentId,
} from "@cartwright/app-payment/domain/payment";
import { shipmentStore } from "@cartwright/app-shipping/db/shipment-store";
import type { Shipment } from "@cartwright/app-shipping/domain/shipment";
import type { Message } from "@cartwright/contracts/message";
import { eventId, type Draw } from "./draw.ts";
import { operation, type OperationKind } from "./operation.ts";

const [ids, orderIds, customerIds] = [1, 2, 3];
const past = new Date("2029-12-31T12:00:00Z");

const skus = ["A", "B", "C"];

const stockFill: OperationKind = (draw) =>
  operation(
    "stock.fillEmpty",
    Object.fromEntries(draw.some(skus).map((sku) => [sku, draw.integer(0, 3)])),
    (tx, units) => stockStore.fillEmpty(tx, units),
  );

const stockCreate: OperationKind = (draw) =>
  operation("stock.createMany", draw.some(skus), stockStore.createMany);

const stockMove: OperationKind = (draw) =>
  operation(
    "stock.loadMany, saveMany",
    { skus: draw.some(skus), units: draw.integer(-1, 2) },
    async (tx, { skus, units }) => {
      const loaded = await stockStore.loadMany(tx, skus);
      // More than there are is refused by a CHECK.
      const moved = [...loaded.values()].map((item) => ({
        ...item,
        available: item.available - units,
        reserved: item.reserved + units,
        sequence: item.sequence + 1,
      }));
      stockStore.saveMany(tx, loaded, moved);
      return loaded;
    },
  );

const stockReceive: OperationKind = (draw) =>
  operation("stock received", draw.some(skus), async (tx, skus) => {
    const loaded = await stockStore.loadMany(tx, skus);
    const more = [...loaded.values()].map((item) => ({
      ...item,
      available: item.available + 2,
    }));
    stockStore.saveMany(tx, loaded, more);
  });

const reserve: OperationKind = (draw) =>
  operation(
    "reservations.loadMany, saveMany",
    {
      ids: draw.ids(orderIds),
      status: draw.pick(["reserved", "sold", "released", "rejected"]),
      n: draw.integer(1, 5),
    },
    async (tx, { ids, status, n }) => {
      const loaded = await reservationStore.loadMany(tx, ids);
      reservationStore.saveMany(
        tx,
        loaded,
        ids.map(
          (orderId) =>
            ({
              orderId,
              status,
              lines: [{ sku: "A", quantity: n }],
              sequence: n,
            }) as unknown as Reservation,
        ),
      );
      return loaded;
    },
  );

export const inventoryOperations: readonly OperationKind[] = [
  stockFill,
  stockCreate,
  stockMove,
  stockMove,
  stockReceive,
  reserve,
  reserve,
];

const payments: readonly Partial<Payment>[] = [
  { status: "initiated" },
  { status: "authorized" },
  { status: "captured", capturedAt: past },
  { status: "failed", failureCode: "card-declined" },
  { status: "cancelled", outcome: "none" },
  { status: "captured", capturedAt: undefined }, // refused by a CHECK, unless captured before
];

function aPayment(draw: Draw, id: string): Payment {
  return {
    id,
    // Another payment's order now and then.
    orderId: `${id.slice(0, -1)}${draw.chance(0.1) ? "1" : id.slice(-1)}`,
    customerId: draw.chance(0.8) ? draw.id(customerIds) : undefined,
    amount: { amount: draw.integer(0, 900), currency: "EUR" },
    authorizationKey: draw.chance(0.95) ? id : undefined,
    failureCode: undefined,
    outcome: undefined,
    capturedAt: undefined,
    eventSequence: draw.integer(0, 4),
    createdAt: past,
    updatedAt: past,
    ...draw.pick(payments),
  } as unknown as Payment;
}

const pay: OperationKind = (draw) =>
  operation(
    "payments.loadMany, saveMany",
    draw.ids(ids).map((id) => aPayment(draw, id)),
    async (tx, all) => {
      const loaded = await paymentStore.loadMany(
        tx,
        all.map(({ id }) => id),
      );
      paymentStore.saveMany(tx, loaded, all);
      return loaded;
    },
  );

const loadPayments: OperationKind = (draw) =>
  operation("payments.loadMany", draw.ids(ids), (tx, some) =>
    paymentStore.loadMany(tx, some as PaymentId[]),
  );

const post: OperationKind = (draw) =>
  operation(
    "ledger.post",
    draw.ids(ids).map((id) => ({
      payment: { id, amount: { amount: 500, currency: "EUR" } },
      kind: draw.pick(["capture", "refund"] as const),
      at: past,
    })),
    async (tx, transfers) => {
      await paymentStore.loadMany(
        tx,
        transfers.map(({ payment }) => payment.id as PaymentId),
      );
      ledger.post(tx, transfers as unknown as Transfer[]);
    },
  );

const providerEvent: OperationKind = (draw) =>
  operation(
    "providerEvents.record",
    {
      provider: "psp",
      eventId: draw.pick(["e1", "e2", "e3"]),
      paymentId: "p",
      type: "captured",
    },
    providerEventStore.record,
  );

export const paymentOperations: readonly OperationKind[] = [
  pay,
  pay,
  pay,
  loadPayments,
  post,
  providerEvent,
];

function aShipment(draw: Draw, id: string): Shipment {
  const isBooked = draw.chance(0.5);
  return {
    id,
    orderId: id,
    status: draw.pick(["requested", "held", "dispatched", "cancelled"]),
    ...(draw.chance(0.7) && {
      parcel: {
        customerId: draw.id(customerIds),
        lines: [{ sku: "A", quantity: 1 }],
        address: { city: "Bonn" },
      },
    }),
    ...(isBooked && { booking: { carrier: "dhl", trackingNumber: "T1" } }),
    history: [],
    sequence: draw.integer(0, 4),
  } as unknown as Shipment;
}

const ship: OperationKind = (draw) =>
  operation(
    "shipments.loadMany, saveMany",
    draw.ids(ids).map((id) => aShipment(draw, id)),
    async (tx, all) => {
      const loaded = await shipmentStore.loadMany(
        tx,
        all.map(({ id }) => id),
      );
      shipmentStore.saveMany(tx, loaded, all);
      return loaded;
    },
  );

export const shippingOperations: readonly OperationKind[] = [ship];

const request: OperationKind = (draw) =>
  operation(
    "deliveries.insertMany",
    draw.ids(ids).map((id) => ({
      id,
      orderId: draw.id(orderIds),
      customerId: draw.id(customerIds),
      template: draw.pick(["order-confirmed", "order-cancelled"]),
      channel: "email",
      requestedAt: past,
    })),
    (tx, all) => insertMany(tx, all as unknown as Delivery[]),
  );

const load: OperationKind = (draw) =>
  operation("deliveries.loadMany", draw.ids(ids), loadMany);

const settle: OperationKind = (draw) =>
  operation(
    "deliveries.saveMany",
    draw.ids(ids).map((id) => ({
      id,
      eventSequence: draw.integer(0, 3),
      state: draw.pick([
        { status: "sent", title: "Hello", settledAt: past },
        { status: "failed", code: "no-address", settledAt: past },
      ]),
    })),
    (tx, all) => saveMany(tx, all as unknown as SettledDelivery[]),
  );

const mail: OperationKind = (draw) =>
  operation("mails", draw.id(ids), async (tx, id) => {
    const store = mailStore(tx);
    const wasThere = await store.has(id);
    await store.keep({
      id,
      orderId: id,
      recipient: "a@example.com",
      subject: "Hello",
      body: "…",
    } as never);
    return [wasThere];
  });

const template: OperationKind = (draw) =>
  operation(
    "templates",
    draw.pick(["order-confirmed", "order-lost"]),
    (tx, name) => findTemplates(tx)(name),
  );

export const notificationOperations: readonly OperationKind[] = [
  request,
  request,
  load,
  settle,
  mail,
  template,
];

const eventsOf = (draw: Draw) =>
  [1, 2, 3].map((n) => ({
    id: eventId(1_900_000_000_000, n),
    type: "t",
    source: "order",
    subject: "order/1",
    key: "1",
    sequence: n,
    time: past.toISOString(),
    correlationId: "flow",
    causationId: draw.chance(0.5) ? "c" : undefined,
    commandId: draw.chance(0.5) ? "d" : undefined,
    data: { n },
  }));

/** Some of them twice in one batch. */
const keep: OperationKind = (draw) => {
  const events = eventsOf(draw);
  return operation(
    "archive",
    [...draw.some(events), ...draw.some(events, 1)],
    async (tx, given) =>
      [...(await archive(tx, given as unknown as Message[]))].map(
        ({ id }) => id,
      ),
  );
};

const sell: OperationKind = (draw) =>
  operation(
    "addToSales",
    draw
      .some(["2029-12-30", "2029-12-31"])
      .sort()
      .map((day): DayOfSales => ({
        day,
        currency: "EUR",
        placed: draw.integer(0, 3),
        confirmed: draw.integer(0, 3),
        cancelled: draw.integer(0, 3),
        revenue: draw.integer(-500, 500),
        refunded: draw.integer(-500, 500),
      })),
    addToSales,
  );

export const analyticsOperations: readonly OperationKind[] = [keep, sell];
