import { newId } from "@cartwright/kernel/ids";
import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import {
  anAddress,
  type Customer,
  type Product,
  type Shop,
} from "../support/shop.ts";
import type { Platform } from "../support/platform.ts";

/** What becomes of orders, whatever the platform runs on. */
export function orderScenarios(
  given: () => { platform: Platform; shop: Shop },
): void {
  let platform: Platform;
  let shop: Shop;
  let customer: Customer;
  let product: Product;

  const slow = {} as Record<
    "tok_timeout" | "tok_delayed" | "tok_silent",
    { orderId: string; sku: string }
  >;

  beforeAll(async () => {
    ({ platform, shop } = given());
    customer = await shop.customer();
    for (const paymentToken of [
      "tok_timeout",
      "tok_delayed",
      "tok_silent",
    ] as const) {
      const { id, sku } = await shop.product({ stock: 10 });
      const items = [{ productId: id, quantity: 1 }];
      slow[paymentToken] = {
        orderId: await shop.placed(customer, { items, paymentToken }),
        sku,
      };
    }
  });
  beforeEach(async () => {
    customer = await shop.customer();
    product = await shop.product({ stock: 10 });
  });

  const anOrder = (quantity = 2) => ({
    items: [{ productId: product.id, quantity }],
  });
  const paymentOf = async (orderId: string) =>
    (
      await platform.sql("SELECT * FROM payment.payments WHERE order_id = $1", [
        orderId,
      ])
    )[0]!;
  const shipmentOf = async (orderId: string) =>
    (
      await platform.sql(
        "SELECT * FROM shipping.shipments WHERE order_id = $1",
        [orderId],
      )
    )[0];
  const mailsOf = async (orderId: string) =>
    (
      await shop.get(`/notifications/mails?orderId=${orderId}`, {
        token: shop.staff.token,
      })
    ).body.items;

  it("confirms an order and lets every service do its part", async () => {
    const orderId = await shop.placed(customer, anOrder());
    const order = await shop.reaches(orderId, "confirmed");
    expect(order.totalAmount).toEqual({ amount: 5_998, currency: "EUR" });
    await eventually(async () =>
      expect(await shop.stockOf(product.sku)).toEqual({
        available: 8,
        reserved: 0,
        sold: 2,
      }),
    );
    expect(await paymentOf(orderId)).toMatchObject({ status: "captured" });
    expect(await shipmentOf(orderId)).toBeDefined();
    await eventually(async () =>
      expect(await mailsOf(orderId)).toMatchObject([
        { recipient: customer.email },
      ]),
    );
    await eventually(async () => {
      const { body } = await shop.get(`/analytics/orders/${orderId}/events`, {
        token: shop.staff.token,
      });
      const types = body.items.map(({ type }: { type: string }) => type);
      expect(types).toEqual(
        expect.arrayContaining([
          "order.OrderCreated.v1",
          "inventory.InventoryReserved.v1",
          "payment.PaymentAuthorized.v1",
          "shipping.ShipmentCreated.v1",
          "payment.PaymentProcessed.v1",
          "order.OrderConfirmed.v1",
          "notification.NotificationSent.v1",
        ]),
      );
    });
  });

  it("sums the same product on two lines", async () => {
    const line = { productId: product.id, quantity: 2 };
    const orderId = await shop.placed(customer, { items: [line, line] });
    const order = await shop.reaches(orderId, "confirmed");
    expect(order.items).toMatchObject([{ sku: product.sku, quantity: 4 }]);
    await eventually(async () =>
      expect(await shop.stockOf(product.sku)).toMatchObject({ sold: 4 }),
    );
  });

  it("shows the customer the order's payment, shipment, notification and timeline", async () => {
    const orderId = await shop.placed(customer, anOrder(1));
    await shop.reaches(orderId, "confirmed");
    const { token } = customer;
    const timeline = await shop.get(`/orders/${orderId}/timeline`, { token });
    expect(timeline.body.items.length).toBeGreaterThan(4);
    await eventually(async () => {
      const notifications = await shop.get(
        `/notifications?orderId=${orderId}`,
        { token },
      );
      expect(notifications.body.items).toMatchObject([
        { template: "order-confirmed", status: "sent" },
      ]);
    });
    const payments = await shop.get(`/payments?orderId=${orderId}`, { token });
    expect(payments.body.items).toMatchObject([
      { orderId, status: "captured" },
    ]);
    const shipments = await shop.get(`/shipments?orderId=${orderId}`, {
      token,
    });
    expect(shipments.body.items).toMatchObject([{ orderId }]);
  });

  it("counts today's sales", async () => {
    const salesOfToday = async () => {
      const { body } = await shop.get("/analytics/sales?day=today", {
        token: shop.staff.token,
      });
      return (
        body.sales.find(
          ({ currency }: { currency: string }) => currency === "EUR",
        )?.ordersConfirmed ?? 0
      );
    };
    const before = await salesOfToday();
    const orderId = await shop.placed(customer, anOrder(1));
    await shop.reaches(orderId, "confirmed");
    await eventually(async () =>
      expect(await salesOfToday()).toBeGreaterThan(before),
    );
  });

  it("cancels an order that the shelf cannot fill", async () => {
    const orderId = await shop.placed(customer, anOrder(11));
    const order = await shop.reaches(orderId, "cancelled");
    expect(order.cancellationReason).toBe("out-of-stock");
    expect(await shop.stockOf(product.sku)).toEqual({
      available: 10,
      reserved: 0,
      sold: 0,
    });
    await eventually(async () =>
      expect(await mailsOf(orderId)).toMatchObject([
        { subject: expect.stringContaining("cancelled") },
      ]),
    );
  });

  it("cancels an order whose card is declined, and puts the goods back", async () => {
    const orderId = await shop.placed(customer, {
      ...anOrder(),
      paymentToken: "tok_declined",
    });
    const order = await shop.reaches(orderId, "cancelled");
    expect(order.cancellationReason).toBe("card-declined");
    expect(await shop.stockOf(product.sku)).toEqual({
      available: 10,
      reserved: 0,
      sold: 0,
    });
  });

  it("cancels an order that cannot be delivered, and gives the money back", async () => {
    const orderId = await shop.placed(customer, {
      ...anOrder(),
      shippingAddress: { ...anAddress, postalCode: "00000" },
    });
    const order = await shop.reaches(orderId, "cancelled");
    expect(order.cancellationReason).toBe("address-not-deliverable");
    expect(await paymentOf(orderId)).toMatchObject({
      status: "cancelled",
      outcome: "voided",
    });
    expect(await shop.stockOf(product.sku)).toEqual({
      available: 10,
      reserved: 0,
      sold: 0,
    });
  });

  it("cancels an order whose capture is declined, and undoes everything", async () => {
    const orderId = await shop.placed(customer, {
      ...anOrder(),
      paymentToken: "tok_capture_declined",
    });
    await shop.reaches(orderId, "cancelled");
    expect(await shop.stockOf(product.sku)).toEqual({
      available: 10,
      reserved: 0,
      sold: 0,
    });
    expect(await shipmentOf(orderId)).toMatchObject({ status: "cancelled" });
  });

  it("makes one order of twenty equal requests", async () => {
    const key = newId();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => shop.order(customer, anOrder(1), key)),
    );
    expect(answers.map(({ status }) => status)).toEqual(
      Array.from({ length: 20 }, () => 202),
    );
    expect(new Set(answers.map(({ body }) => body.orderId)).size).toBe(1);
    await shop.reaches(answers[0]!.body.orderId, "confirmed");
    await eventually(async () =>
      expect(await shop.stockOf(product.sku)).toEqual({
        available: 9,
        reserved: 0,
        sold: 1,
      }),
    );
  });

  /** Placed first and looked at last, since they take their time. */
  describe("with a payment that takes its time", () => {
    it("charges once when the provider answers too late", async () => {
      await shop.reaches(slow.tok_timeout.orderId, "confirmed", seconds(60));
      expect(await paymentOf(slow.tok_timeout.orderId)).toMatchObject({
        status: "captured",
      });
    });

    it("waits for a payment that settles later", async () => {
      await shop.reaches(slow.tok_delayed.orderId, "confirmed", seconds(60));
    });

    it("cancels an order whose payment stays silent", async () => {
      const { orderId, sku } = slow.tok_silent;
      await shop.reaches(orderId, "cancelled", seconds(90));
      expect(await shop.stockOf(sku)).toEqual({
        available: 10,
        reserved: 0,
        sold: 0,
      });
    });
  });
}
