import type { DeliveryId } from "../domain/delivery.ts";

/** A message ready to go out. */
export type Mail = {
  readonly id: DeliveryId;
  readonly orderId: string;
  readonly recipient: string;
  readonly subject: string;
  /** HTML. */
  readonly body: string;
};

/** What was said to a mail: it was taken, or never will be. */
export type Handover =
  | { readonly status: "accepted" }
  | {
      readonly status: "refused";
      readonly code: "recipient-refused" | "mail-refused";
    };

export const accepted: Handover = { status: "accepted" };

/** A way to reach a customer. */
export type Channel = {
  /** Rejects when the mail should be sent again, for it may not have arrived. */
  send(mail: Mail, signal: AbortSignal): Promise<Handover>;
};
