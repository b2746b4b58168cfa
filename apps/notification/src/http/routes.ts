import { isStaff, type Principal } from "@cartwright/auth/principal";
import { get, type Route } from "@cartwright/http/route";
import { ok } from "@cartwright/http/reply";
import { Refusal } from "@cartwright/kernel/refusal";
import type { NotificationReader } from "../db/notification-reader.ts";
import {
  listOf,
  mailsQuery,
  mailView,
  notificationParams,
  notificationsQuery,
  notificationView,
  notificationWithBody,
  templateView,
} from "./schemas.ts";
import {
  pageOf,
  viewOfMail,
  viewOfNotification,
  viewOfTemplate,
} from "./views.ts";

export const notificationRoutes = (reader: NotificationReader): Route[] => [
  historyRoute(reader),
  mailsRoute(reader),
  notificationRoute(reader),
  templatesRoute(reader),
];

const historyRoute = (reader: NotificationReader) =>
  get("/api/v1/notifications", {
    summary: "What a customer was told, newest first",
    access: "notifications.read",
    query: notificationsQuery,
    responses: { 200: listOf(notificationView) },
    async handle({ query: { cursor, limit, orderId, customerId }, user }) {
      const rows = await reader.notifications(
        { orderId, customerId: visibleTo(user, customerId) },
        { after: cursor, limit },
      );
      return ok(
        pageOf(rows, limit, viewOfNotification, (row) => ({
          at: row.requestedAt,
          id: row.id,
        })),
      );
    },
  });

const mailsRoute = (reader: NotificationReader) =>
  get("/api/v1/notifications/mails", {
    summary: "The mails that were handed over, newest first",
    access: "notifications.write",
    query: mailsQuery,
    responses: { 200: listOf(mailView) },
    async handle({ query: { cursor, limit, ...where } }) {
      const rows = await reader.mails(where, { after: cursor, limit });
      return ok(
        pageOf(rows, limit, viewOfMail, (row) => ({
          at: row.sentAt,
          id: row.deliveryId,
        })),
      );
    },
  });

const notificationRoute = (reader: NotificationReader) =>
  get("/api/v1/notifications/:notificationId", {
    summary: "One notification, with what it said",
    access: "notifications.read",
    params: notificationParams,
    responses: { 200: notificationWithBody },
    refusals: ["not-found"],
    async handle({ params, user }) {
      const found = await reader.notification(
        params.notificationId,
        visibleTo(user, undefined),
      );
      if (!found)
        throw new Refusal("not-found", "There is no such notification.");
      return ok({
        ...viewOfNotification(found),
        ...(found.body !== null && { body: found.body }),
      });
    },
  });

const templatesRoute = (reader: NotificationReader) =>
  get("/api/v1/templates", {
    summary: "The texts that customers are sent",
    access: "notifications.write",
    responses: { 200: listOf(templateView) },
    handle: async () =>
      ok({ items: (await reader.templates()).map(viewOfTemplate) }),
  });

/** Whose notifications may be seen: staff choose, customers get their own and may ask for no others. */
function visibleTo(
  user: Principal,
  wanted: string | undefined,
): string | undefined {
  if (isStaff(user)) return wanted;
  if (wanted !== undefined && wanted.toLowerCase() !== user.id)
    throw new Refusal("forbidden", "You can only see your own notifications.");
  return user.id;
}
