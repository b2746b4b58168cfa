import type { Database } from "@cartwright/database/open-database";
import { prismaAdapter } from "@cartwright/database/prisma";
import type { Delivery, Mail, Template } from "./generated/client.ts";
import { PrismaClient } from "./generated/client.ts";

/** Where a page begins: just below this row, newest first. */
export type PageStart = { readonly at: Date; readonly id: string };

type Page = { readonly after?: PageStart | undefined; readonly limit: number };

export type NotificationReader = {
  notifications(
    where: {
      readonly customerId?: string | undefined;
      readonly orderId?: string | undefined;
    },
    page: Page,
  ): Promise<Delivery[]>;
  /** Undefined also when it is somebody else's. */
  notification(
    id: string,
    customerId: string | undefined,
  ): Promise<(Delivery & { readonly body: string | null }) | undefined>;
  mails(
    where: {
      readonly orderId?: string | undefined;
      readonly recipient?: string | undefined;
    },
    page: Page,
  ): Promise<Mail[]>;
  templates(): Promise<Template[]>;
};

export function notificationReader(db: Database): NotificationReader {
  let client: PrismaClient | undefined;
  const prisma = () =>
    (client ??= new PrismaClient({ adapter: prismaAdapter(db) }));
  return {
    notifications: ({ customerId, orderId }, { after, limit }) =>
      prisma().delivery.findMany({
        where: {
          ...(customerId !== undefined && { customerId }),
          ...(orderId !== undefined && { orderId }),
          ...(after && {
            OR: [
              { requestedAt: { lt: after.at } },
              { requestedAt: after.at, id: { lt: after.id } },
            ],
          }),
        },
        orderBy: [{ requestedAt: "desc" }, { id: "desc" }],
        take: limit,
      }),
    notification: (id, customerId) =>
      findNotification(prisma(), id, customerId),
    mails: ({ orderId, recipient }, { after, limit }) =>
      prisma().mail.findMany({
        where: {
          ...(orderId !== undefined && { orderId }),
          ...(recipient !== undefined && { recipient }),
          ...(after && {
            OR: [
              { sentAt: { lt: after.at } },
              { sentAt: after.at, deliveryId: { lt: after.id } },
            ],
          }),
        },
        orderBy: [{ sentAt: "desc" }, { deliveryId: "desc" }],
        take: limit,
      }),
    templates: () => prisma().template.findMany({ orderBy: { name: "asc" } }),
  };
}

async function findNotification(
  prisma: PrismaClient,
  id: string,
  customerId: string | undefined,
) {
  const delivery = await prisma.delivery.findFirst({
    where: { id, ...(customerId !== undefined && { customerId }) },
  });
  if (!delivery) return undefined;
  const mail = await prisma.mail.findUnique({ where: { deliveryId: id } });
  return { ...delivery, body: mail?.body ?? null };
}
