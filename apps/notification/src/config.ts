import { z } from "zod";
import { mailServerAt, mailServerExpected } from "./smtp/mail-server.ts";
import { senderExpected, senderOf } from "./smtp/sender.ts";

export const notificationConfig = z.object({
  SMTP_URL: z
    .url({ error: mailServerExpected })
    .refine((url) => mailServerAt(url) !== undefined, mailServerExpected)
    .optional()
    .describe(
      "The mail server: `smtp://host:25` or `smtps://user:password@host:465`; with a user TLS is insisted on. Without it mails stay in a table of ours.",
    ),
  MAIL_FROM: z
    .string()
    .refine((from) => senderOf(from) !== undefined, senderExpected)
    .optional()
    .describe(
      "Who mails are from: `orders@shop.example` or `Shop <orders@shop.example>`; needed with `SMTP_URL`.",
    ),
  MAIL_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .describe(
      "Mails under way at a time, each over a connection of its own; unless given 10 to a mail server, and 200 without one.",
    ),
});

export type NotificationConfig = z.output<typeof notificationConfig>;
