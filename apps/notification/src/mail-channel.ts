import type { Queryable } from "@cartwright/database/tx";
import { seconds } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import { ConfigError } from "@cartwright/service/load-config";
import type { NotificationConfig } from "./config.ts";
import { mailStore } from "./db/mail-store.ts";
import { localOutbox } from "./delivering/local-outbox.ts";
import type { MailWorkerOptions } from "./delivering/mail-worker.ts";
import { recorded } from "./delivering/recorded.ts";
import { mailServerAt } from "./smtp/mail-server.ts";
import { senderOf } from "./smtp/sender.ts";
import { smtpChannel } from "./smtp/smtp-channel.ts";

type MailChannel = Pick<
  MailWorkerOptions,
  "channel" | "concurrency" | "timeout"
> & { readonly parts: readonly Part[] };

/** Where the mails go: to the mail server, if there is one, else into the service's own table. */
export function mailChannel(
  config: NotificationConfig,
  db: Queryable,
): MailChannel {
  const { SMTP_URL: url = "", MAIL_FROM: sender = "" } = config;
  const store = mailStore(db);
  const server = mailServerAt(url);
  if (!server) {
    const { MAIL_CONCURRENCY: concurrency = 200 } = config;
    const channel = localOutbox(store);
    return { channel, concurrency, timeout: seconds(7), parts: [] };
  }
  const from = senderOf(sender);
  if (!from)
    throw new ConfigError([
      "SMTP_URL is given, but not MAIL_FROM: mails have to be from somebody.",
    ]);
  const { MAIL_CONCURRENCY: concurrency = 10 } = config;
  const smtp = smtpChannel({ server, from, connections: concurrency });
  return {
    channel: recorded(smtp, store),
    concurrency,
    // Some look into a mail before they answer; whoever stops the process waits for it.
    timeout: seconds(15),
    parts: [smtp],
  };
}
