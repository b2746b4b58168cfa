import type { LoadPlan } from "./load-plan.ts";

const linesPerOrder = 3;

const one = <T>(items: readonly T[]): T | undefined =>
  items[Math.floor(Math.random() * items.length)];

/** A whole HTTP/1.1 request for an order of one to `linesPerOrder` different products, by any of the customers. */
export function orderRequest(
  { host, port, tokens, productIds }: LoadPlan,
  idempotencyKey: string,
  lines: number = 1 + Math.floor(Math.random() * linesPerOrder),
): string {
  const chosen = new Set<string>();
  while (chosen.size < Math.min(lines, productIds.length)) {
    const productId = one(productIds);
    if (productId !== undefined) chosen.add(productId);
  }
  const body = JSON.stringify({
    items: [...chosen].map((productId) => ({ productId, quantity: 1 })),
    paymentToken: "tok_visa",
    shippingAddress: {
      name: "Ada Lovelace",
      line1: "12 St James's Square",
      postalCode: "10115",
      city: "Berlin",
      country: "DE",
    },
  });
  return [
    "POST /api/v1/orders HTTP/1.1",
    `host: ${host}:${port}`,
    `authorization: Bearer ${one(tokens) ?? ""}`,
    "content-type: application/json",
    `content-length: ${body.length}`,
    `idempotency-key: ${idempotencyKey}`,
    "",
    body,
  ].join("\r\n");
}
