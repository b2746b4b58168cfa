import type { Transact } from "@cartwright/database/tx";
import { noContent } from "@cartwright/http/reply";
import { post } from "@cartwright/http/route";
import type { Clock } from "@cartwright/kernel/clock";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Attempts } from "@cartwright/messaging/attempts";
import { z } from "zod";
import { providerEventStore } from "../db/provider-event-store.ts";
import { verifyWebhook } from "../provider/webhook-signature.ts";
import { providerParams, webhookBody } from "./schemas.ts";

export type Webhooks = {
  readonly db: { readonly transaction: Transact };
  readonly attempts: Pick<Attempts<unknown>, "hasten">;
  readonly clock: Clock;
  /** Signing secrets by the provider's name. */
  readonly secrets: Readonly<Record<string, readonly string[]>>;
};

/**
 * A provider's news is a reason to ask the provider again, at once, and nothing more: neither its
 * order nor its content is relied on.
 */
export const webhookRoute = ({ db, attempts, clock, secrets }: Webhooks) =>
  post("/api/v1/payments/webhooks/:provider", {
    summary: "News from a payment provider, signed by it",
    access: "public",
    params: providerParams,
    body: webhookBody,
    responses: { 204: z.undefined() },
    refusals: [
      "not-found",
      "webhook-not-signed",
      "webhook-stale",
      "webhook-forged",
    ],
    proof({ params: { provider }, ...signed }) {
      const known = new Map(Object.entries(secrets)).get(String(provider));
      if (known === undefined) {
        throw new Refusal("not-found", "There is no such provider.");
      }
      verifyWebhook(signed, { secrets: known, now: clock.now() });
    },
    async handle({ params: { provider }, body, headers }) {
      const eventId = String(headers["webhook-id"]);
      const { type, data } = body;
      const paymentId = data.reference;
      await db.transaction(async (tx) => {
        const event = { provider, eventId, paymentId, type };
        const isNew = await providerEventStore.record(tx, event);
        if (isNew) attempts.hasten(tx, [paymentId]);
      });
      return noContent();
    },
  });
