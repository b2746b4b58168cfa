import type { Purchase } from "../shopper.ts";
import { must } from "../violation.ts";
import type { World } from "../world.ts";

/** I11 and I12: what a shopper was told is so, whatever became of single requests. */
export function checkHistory({ tables, purchases }: World): void {
  const orders = new Map(
    tables.rows("order", "orders").map((row) => [String(row["id"]), row]),
  );
  for (const purchase of purchases) {
    const { orderIds, refusals, customerId } = purchase;
    const say = (what: string) => () => `${what}: ${described(purchase)}`;
    must(orderIds.size <= 1, "I12", say("one key, several orders"));
    must(
      refusals.size === 0,
      "I12",
      say("a key of his own was refused to its owner"),
    );
    for (const id of orderIds) {
      const order = orders.get(id);
      must(order !== undefined, "I11", say("an accepted order is not there"));
      must(
        order["customer_id"] === customerId,
        "I12",
        say(`he was shown the order of ${String(order["customer_id"])}`),
      );
    }
  }
  const known = new Set(purchases.flatMap(({ orderIds }) => [...orderIds]));
  for (const id of orders.keys())
    must(
      known.has(id) || purchases.some(({ over }) => !over),
      "I12",
      () => `order ${id} was placed, and nobody was told of it`,
    );
}

const described = ({ orderIds, refusals, body, ...rest }: Purchase): string =>
  JSON.stringify({
    ...rest,
    body,
    orderIds: [...orderIds],
    refusals: [...refusals],
  });
