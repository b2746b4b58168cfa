import { demoPassword, demoUsers } from "@cartwright/app-identity/seed";
import { styleText } from "node:util";
import type { AllInOneConfig } from "./config.ts";

/** What is printed at the end of a start: where the shop is, and if it is a demo shop, an order to paste. */
export function invitation({
  PORT,
  DEMO_SHOP,
}: Pick<AllInOneConfig, "PORT" | "DEMO_SHOP">): string {
  const url = `http://localhost:${PORT}`;
  return [
    "",
    styleText(["bold", "green"], `The shop is open at ${url}`),
    `  documentation ${url}/docs · health ${url}/health`,
    "",
    ...(DEMO_SHOP ? firstOrder(url) : []),
    "Ctrl-C stops; the next start finds everything again.",
  ].join("\n");
}

function firstOrder(url: string): readonly string[] {
  const json = "-H 'content-type: application/json'";
  const credentials = JSON.stringify({
    email: demoUsers[0]?.email,
    password: demoPassword,
  });
  const order = JSON.stringify({
    items: [{ productId: "MUG-STONE", quantity: 1 }],
  });
  const field = (name: string) => `sed -E 's/.*"${name}":"([^"]+)".*/\\1/'`;
  return [
    "Order a mug, and read the order half a second later:",
    "",
    `TOKEN=$(curl -s ${url}/api/v1/auth/login ${json} -d '${credentials}' | ${field("accessToken")})`,
    `ORDER=$(curl -s ${url}/api/v1/orders ${json} -H "authorization: Bearer $TOKEN" -H "idempotency-key: $(date +%s)-$RANDOM" -d '${order}' | ${field("orderId")})`,
    `sleep 0.5; curl -s ${url}/api/v1/orders/$ORDER -H "authorization: Bearer $TOKEN"`,
    "",
    `Staff: ${demoUsers[1]?.email} · operator: ${demoUsers[2]?.email} · password of all: ${demoPassword}`,
  ];
}
