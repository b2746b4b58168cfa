import { createHmac } from "node:crypto";

/** Headers after the Standard Webhooks specification; `timestamp` in seconds. */
export function signedHeaders(
  secret: string,
  webhook: {
    readonly id: string;
    readonly timestamp: number;
    readonly payload: string;
  },
): Record<string, string> {
  const { id, timestamp, payload } = webhook;
  const signature = createHmac("sha256", keyOf(secret))
    .update(`${id}.${timestamp}.${payload}`)
    .digest("base64");
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `v1,${signature}`,
  };
}

const keyOf = (secret: string): Buffer =>
  Buffer.from(secret.replace(/^whsec_/, ""), "base64");
