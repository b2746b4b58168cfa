import { idParam } from "@cartwright/http/id-param";
import { z } from "zod";

/** `<time>_<id>` of the last row of the page before. */
const cursor = z
  .string()
  .transform((text) => text.split("_"))
  .pipe(z.tuple([z.iso.datetime(), z.guid()]))
  .transform(([at, id]) => ({ at: new Date(at), id }));

const page = {
  cursor: cursor.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
};

export const notificationsQuery = z.strictObject({
  ...page,
  orderId: idParam.optional(),
  /** Staff only; customers see their own. */
  customerId: idParam.optional(),
});

export const mailsQuery = z.strictObject({
  ...page,
  orderId: idParam.optional(),
  recipient: z.string().max(320).optional(),
});

export const notificationParams = z.object({ notificationId: idParam });

export const notificationView = z.object({
  notificationId: z.guid(),
  orderId: z.guid(),
  customerId: z.guid(),
  template: z.string(),
  channel: z.string(),
  status: z.enum(["requested", "sent", "failed"]),
  title: z.string().optional(),
  code: z.string().optional(),
  requestedAt: z.iso.datetime(),
  settledAt: z.iso.datetime().optional(),
});

export const notificationWithBody = notificationView.extend({
  /** HTML. */
  body: z.string().optional(),
});

export const mailView = z.object({
  notificationId: z.guid(),
  orderId: z.guid(),
  recipient: z.string(),
  subject: z.string(),
  body: z.string(),
  sentAt: z.iso.datetime(),
});

export const templateView = z.object({
  name: z.string(),
  subject: z.string(),
  body: z.string(),
});

export const listOf = (item: z.ZodType) =>
  z.object({ items: z.array(item), nextCursor: z.string().optional() });
