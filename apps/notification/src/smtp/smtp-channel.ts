import { seconds, type Duration } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import { createTransport, type SendMailOptions } from "nodemailer";
import type { NodemailerError } from "nodemailer/lib/errors";
import { accepted, type Channel, type Mail } from "../delivering/channel.ts";
import type { MailServer } from "./mail-server.ts";
import { failureIn, refusalIn } from "./refusal.ts";
import type { Sender } from "./sender.ts";
import { turns } from "./turns.ts";

export type SmtpOptions = {
  readonly server: MailServer;
  readonly from: Sender;
  /** They are kept open and used by one mail after the other. */
  readonly connections: number;
  /** Until the server has greeted, and has TLS. */
  readonly connectWithin?: Duration;
  /** How long it may say nothing after that. */
  readonly answerWithin?: Duration;
};

/**
 * Hands mails to a mail server, at least once: when its answer was lost the mail is sent again, under the same
 * Message-ID. The part closes the connections.
 */
export function smtpChannel(options: SmtpOptions): Channel & Part {
  const transport = createTransport(poolOf(options));
  const inTurn = turns(options.connections);
  const send = async (mail: Mail) => {
    try {
      await transport.sendMail(messageOf(mail, options.from));
      return accepted;
    } catch (error) {
      const refusal = refusalIn(error as NodemailerError);
      if (refusal) return refusal;
      // Without its cause, which has been told more than should be logged.
      throw failureIn(error as NodemailerError);
    }
  };
  return {
    name: "mail server",
    // The pool's own queue knows no giving up: what waits there would be sent long after it was tried again.
    send: (mail, signal) => inTurn(signal, () => send(mail)),
    stop: () => {
      transport.close();
      return Promise.resolve();
    },
  };
}

const poolOf = ({
  server,
  connections,
  connectWithin = seconds(8),
  answerWithin = seconds(12),
}: SmtpOptions) => ({
  pool: true as const,
  maxConnections: connections,
  maxRequeues: 1, // a connection that the server has closed meanwhile
  ...server,
  requireTLS: !server.secure && server.auth !== undefined,
  connectionTimeout: connectWithin,
  greetingTimeout: connectWithin,
  dnsTimeout: connectWithin,
  socketTimeout: answerWithin,
  disableFileAccess: true,
  disableUrlAccess: true,
});

const messageOf = (
  { id, recipient, subject, body }: Mail,
  from: Sender,
): SendMailOptions => ({
  messageId: `<${id}@${from.address.slice(from.address.indexOf("@") + 1)}>`,
  from,
  to: { name: "", address: recipient },
  subject,
  html: body,
  headers: { "Auto-Submitted": "auto-generated" },
});
