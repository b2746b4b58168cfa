import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import type { Customer, Product, Shop } from "../support/shop.ts";
import type { Platform } from "../support/platform.ts";

/** Customers who change their minds: before the money is taken, while it is, after it, and too late. */
export function cancellationScenarios(
  given: () => { platform: Platform; shop: Shop },
): void {
  let platform: Platform;
  let shop: Shop;
  let customer: Customer;
  let product: Product;

  beforeEach(async () => {
    ({ platform, shop } = given());
    customer = await shop.customer();
    product = await shop.product({ stock: 10 });
  });

  const place = (paymentToken: string) =>
    shop.placed(customer, {
      items: [{ productId: product.id, quantity: 1 }],
      paymentToken,
    });
  const cancel = (orderId: string) =>
    shop.post(`/orders/${orderId}/cancellation`, {
      token: customer.token,
      body: {},
    });
  const nothingIsHeld = () =>
    eventually(async () =>
      expect(await shop.stockOf(product.sku)).toEqual({
        available: 10,
        reserved: 0,
        sold: 0,
      }),
    );
  const moneyOf = async (orderId: string) =>
    (
      await platform.sql<{ status: string }>(
        "SELECT coalesce(outcome, status) AS status FROM payment.payments WHERE order_id = $1",
        [orderId],
      )
    )[0]?.status;

  it("cancels a pending order whose payment is not settled yet", async () => {
    const orderId = await place("tok_silent");
    await eventually(async () => expect(await moneyOf(orderId)).toBeDefined());
    expect(await cancel(orderId)).toMatchObject({
      status: 202,
      body: { status: "cancelling" },
    });
    const order = await shop.reaches(orderId, "cancelled");
    expect(order.cancellationReason).toBe("requested-by-customer");
    await nothingIsHeld();
  });

  it("cancels an order at whatever moment the wish comes", async () => {
    const orderIds = await Promise.all(
      Array.from({ length: 8 }, () => place("tok_visa")),
    );
    const answers = await Promise.all(
      orderIds.map(async (orderId, index) => {
        await new Promise((resolve) => setTimeout(resolve, index * 15));
        return cancel(orderId);
      }),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(
      new Set([202]),
    );
    for (const orderId of orderIds) await shop.reaches(orderId, "cancelled");
    await nothingIsHeld();
  });

  it("gives the money back for a confirmed order", async () => {
    const orderId = await place("tok_visa");
    await shop.reaches(orderId, "confirmed");
    expect(await cancel(orderId)).toMatchObject({
      status: 202,
      body: { status: "cancelling" },
    });
    await shop.reaches(orderId, "cancelled");
    expect(await moneyOf(orderId)).toBe("refunded");
    await nothingIsHeld();
    await eventually(async () => {
      const { body } = await shop.get(`/analytics/orders/${orderId}/events`, {
        token: shop.staff.token,
      });
      expect(body.items).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            type: "order.OrderCancelled.v1",
            data: expect.objectContaining({ wasConfirmed: true }),
          }),
        ]),
      );
    });
  });

  it("refuses once the parcel has left", async () => {
    const orderId = await place("tok_visa");
    await shop.reaches(orderId, "confirmed");
    await dispatch(orderId);
    await shop.reaches(orderId, "shipped", seconds(10));
    expect(await cancel(orderId)).toMatchObject({
      status: 409,
      body: { code: "order-not-cancellable" },
    });
  });

  it("keeps an order whose parcel leaves while it is being cancelled", async () => {
    const orderId = await place("tok_visa");
    await shop.reaches(orderId, "confirmed");
    await dispatch(orderId);
    // Depending on what the order has heard by now, refused at once or found to be too late.
    expect([202, 409]).toContain((await cancel(orderId)).status);
    await shop.reaches(orderId, "shipped");
    expect(await moneyOf(orderId)).toBe("captured");
  });

  async function dispatch(orderId: string): Promise<void> {
    const shipmentId = await eventually(async () => {
      const [row] = await platform.sql<{ id: string }>(
        "SELECT id FROM shipping.shipments WHERE order_id = $1 AND status = 'dispatchable'",
        [orderId],
      );
      expect(row).toBeDefined();
      return row!.id;
    });
    const answer = await shop.post(`/shipments/${shipmentId}/dispatch`, {
      token: shop.staff.token,
      body: {},
    });
    expect(answer.status).toBeLessThan(300);
  }
}
