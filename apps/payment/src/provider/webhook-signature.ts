import { createHmac, timingSafeEqual } from "node:crypto";
import { minutes } from "@cartwright/kernel/duration";
import { Refusal } from "@cartwright/kernel/refusal";

type Signed = {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawBody: Buffer;
};

const tolerance = minutes(5);

/**
 * Checks a webhook's signature (Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`) and its age.
 * Several secrets are valid while one replaces another.
 */
export function verifyWebhook(
  { headers, rawBody }: Signed,
  { secrets, now }: { readonly secrets: readonly string[]; readonly now: Date },
): void {
  const id = headers["webhook-id"];
  const timestamp = headers["webhook-timestamp"];
  const signatures = headers["webhook-signature"];
  if (
    typeof id !== "string" ||
    typeof timestamp !== "string" ||
    typeof signatures !== "string"
  ) {
    throw new Refusal(
      "webhook-not-signed",
      "The webhook's headers are missing.",
    );
  }
  const age = now.getTime() - Number(timestamp) * 1_000;
  if (!(Math.abs(age) <= tolerance)) {
    throw new Refusal(
      "webhook-stale",
      "The webhook is too old, or of the future.",
    );
  }
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), rawBody]);
  const genuine = secrets.some((secret) =>
    signatures
      .split(" ")
      .some((signature) => matches(signature, signatureOf(secret, signed))),
  );
  if (!genuine) {
    throw new Refusal(
      "webhook-forged",
      "The webhook's signature is not the provider's.",
    );
  }
}

const signatureOf = (secret: string, signed: Buffer): Buffer =>
  createHmac("sha256", Buffer.from(secret.replace(/^whsec_/, ""), "base64"))
    .update(signed)
    .digest();

function matches(signature: string, expected: Buffer): boolean {
  const [version, value = ""] = signature.split(",");
  const given = Buffer.from(value, "base64");
  return (
    version === "v1" &&
    given.length === expected.length &&
    timingSafeEqual(given, expected)
  );
}
