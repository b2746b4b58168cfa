import { milliseconds } from "@cartwright/kernel/duration";
import { defineService } from "@cartwright/service/service";
import { notificationConfig } from "./config.ts";
import {
  onNotificationWanted,
  onRefund,
} from "./consumers/on-notification-wanted.ts";
import { notificationReader } from "./db/notification-reader.ts";
import { findTemplates } from "./db/templates.ts";
import { identityContacts } from "./delivering/contacts.ts";
import { mailWorker } from "./delivering/mail-worker.ts";
import { notificationRoutes } from "./http/routes.ts";
import { mailChannel } from "./mail-channel.ts";

/** Tells customers what became of their orders, once per fact, and never in an order's way. */
export const notificationService = defineService({
  name: "notification",
  config: notificationConfig,
  create(platform, config) {
    const { db, outbox, clock, clients } = platform;
    const { parts, ...sending } = mailChannel(config, db);
    const mails = mailWorker({
      ...platform,
      ...sending,
      contacts: identityContacts(clients.identity, clock),
      findTemplate: findTemplates(db),
    });
    const wanted = { mails, outbox, clock };
    return {
      routes: notificationRoutes(notificationReader(db)),
      refusals: {},
      handlers: [onNotificationWanted(wanted), onRefund(wanted)],
      gather: milliseconds(100), // a mail is on its way for longer
      parts: [...parts, mails],
    };
  },
});
