import type { Delivery, Mail, Template } from "../db/generated/client.ts";

export const viewOfNotification = (delivery: Delivery) => ({
  notificationId: delivery.id,
  orderId: delivery.orderId,
  customerId: delivery.customerId,
  template: delivery.template,
  channel: delivery.channel,
  status: delivery.status,
  ...(delivery.title !== null && { title: delivery.title }),
  ...(delivery.code !== null && { code: delivery.code }),
  requestedAt: delivery.requestedAt.toISOString(),
  ...(delivery.settledAt && { settledAt: delivery.settledAt.toISOString() }),
});

export const viewOfMail = (mail: Mail) => ({
  notificationId: mail.deliveryId,
  orderId: mail.orderId,
  recipient: mail.recipient,
  subject: mail.subject,
  body: mail.body,
  sentAt: mail.sentAt.toISOString(),
});

export const viewOfTemplate = ({ name, subject, body }: Template) => ({
  name,
  subject,
  body,
});

/** A page, with the cursor of the next one when this one is full. */
export function pageOf<Row, View>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => View,
  keyOf: (row: Row) => { readonly at: Date; readonly id: string },
) {
  const last = rows.length === limit ? rows.at(-1) : undefined;
  const key = last && keyOf(last);
  return {
    items: rows.map(view),
    ...(key && { nextCursor: `${key.at.toISOString()}_${key.id}` }),
  };
}
