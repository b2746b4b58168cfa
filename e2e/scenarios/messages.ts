import { newId } from "@cartwright/kernel/ids";
import type { BusRecord } from "@cartwright/messaging/bus";
import { eventually } from "@cartwright/testing/eventually";
import { publishRecords } from "../support/publish-records.ts";
import type { Platform } from "../support/platform.ts";
import type { Shop } from "../support/shop.ts";

/** What strangers put on the topics: set aside with its reason, while the orders of others flow on. */
export function messageScenarios(
  given: () => { platform: Platform; shop: Shop },
): void {
  const aRecord = (type: string, value: string): BusRecord => {
    const orderId = newId();
    return {
      topic: "order-events",
      key: orderId,
      headers: {
        ce_id: newId(),
        ce_type: type,
        ce_source: "stranger",
        ce_subject: `order/${orderId}`,
        ce_time: new Date().toISOString(),
        ce_sequence: "1",
        ce_correlationid: newId(),
      },
      value,
    };
  };

  it.each([
    [
      "is no JSON",
      "malformed",
      aRecord("order.OrderCreated.v1", '{"orderId": '),
    ],
    [
      "has a type nobody knows",
      "unknown-type",
      aRecord("shop.OrderTeleported.v1", "{}"),
    ],
    [
      "breaks its schema",
      "schema-mismatch",
      aRecord("order.OrderConfirmed.v1", '{"orderId": 1}'),
    ],
  ])(
    "parks a message that %s, and lets other orders pass",
    async (_, reason, record) => {
      const { platform, shop } = given();
      await publishRecords(platform, [record]);
      await eventually(async () => {
        const parked = await platform.sql(
          "SELECT reason, payload FROM analytics.parked_messages WHERE key = $1",
          [record.key],
        );
        expect(parked).toEqual([{ reason, payload: record.value }]);
      });
      const product = await shop.product();
      const orderId = await shop.placed(await shop.customer(), {
        items: [{ productId: product.id, quantity: 1 }],
      });
      await shop.reaches(orderId, "confirmed");
      await eventually(async () => {
        const { body } = await shop.get(`/analytics/orders/${orderId}/events`, {
          token: shop.staff.token,
        });
        expect(body.items.map(({ type }: { type: string }) => type)).toContain(
          "order.OrderConfirmed.v1",
        );
      });
    },
  );
}
