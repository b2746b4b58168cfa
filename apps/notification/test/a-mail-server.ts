import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";
import {
  SMTPServer,
  type SMTPServerDataStream,
  type SMTPServerOptions,
  type SMTPServerSession,
} from "smtp-server";

export type ReceivedMail = {
  readonly recipients: readonly string[];
  /** Headers and body as they came. */
  readonly raw: string;
  readonly messageId: string | undefined;
  readonly isEncrypted: boolean;
  readonly user: string | undefined;
};

/** A reply code; undefined takes it. */
type Verdict = number | undefined;

export type Habits = {
  readonly port?: number;
  readonly onSender?: () => Verdict;
  readonly onRecipient?: () => Verdict;
  /** `hang-up` takes the mail and goes without a word. */
  readonly onMail?: (
    mail: ReceivedMail,
  ) => Verdict | "hang-up" | Promise<Verdict>;
  readonly options?: SMTPServerOptions;
};

/** A real SMTP server on a free port, with habits of its own. */
export async function aMailServer(habits: Habits = {}) {
  const { port = 0, onSender, onRecipient, onMail, options = {} } = habits;
  /** Whether it took them or not. */
  const received: ReceivedMail[] = [];
  const sockets = new Set<Socket>();
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  const taken = async (
    stream: SMTPServerDataStream,
    { envelope, secure, user }: SMTPServerSession,
  ) => {
    const raw = await text(stream);
    const mail: ReceivedMail = {
      recipients: envelope.rcptTo.map(({ address }) => address),
      raw,
      messageId: /^message-id: *(\S+)/im.exec(raw)?.[1],
      isEncrypted: secure,
      user: user as string | undefined,
    };
    received.push(mail);
    return onMail?.(mail);
  };
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: ["STARTTLS"],
    onMailFrom: (_address, _session, say) => say(errorFor(onSender?.())),
    onRcptTo: (_address, _session, say) => say(errorFor(onRecipient?.())),
    onData(stream, session, say) {
      void taken(stream, session).then((verdict) => {
        if (verdict === "hang-up") hangUp();
        else say(errorFor(verdict));
      });
    },
    ...options,
  });
  server.on("error", () => undefined); // of clients that have gone
  const listener = server.server;
  listener.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(port, "127.0.0.1");
  await once(listener, "listening");
  return {
    received,
    port: (listener.address() as AddressInfo).port,
    connections: () => sockets.size,
    hangUp,
    async stop() {
      const closed = new Promise<void>((resolve) =>
        server.close(() => resolve()),
      );
      hangUp();
      await closed;
    },
  };
}

export type AMailServer = Awaited<ReturnType<typeof aMailServer>>;

const errorFor = (responseCode: Verdict) =>
  responseCode === undefined
    ? null
    : Object.assign(new Error("4.7.1 Not like this"), { responseCode });
