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

/** A way to reach a customer. */
export type Channel = {
  /** Resolves when the mail is handed over. Sending the same id again sends nothing. */
  send(mail: Mail): Promise<void>;
};
