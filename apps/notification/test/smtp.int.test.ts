import { sendNotification } from "@cartwright/contracts/notification";
import type { ServiceClient } from "@cartwright/http/service-client";
import { newId } from "@cartwright/kernel/ids";
import { createLogger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import { aCustomer, aStaffMember } from "@cartwright/testing/principals";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { Writable } from "node:stream";
import { mailStore } from "../src/db/mail-store.ts";
import { deliveryId } from "../src/domain/delivery.ts";
import { notificationService } from "../src/notification-service.ts";
import { aMailServer, type AMailServer, type Habits } from "./a-mail-server.ts";

/** Knows everybody, by the name of Ada. */
const identity = {
  get: (
    path: string,
    { schema }: { schema: { parse(it: unknown): unknown } },
  ) => {
    const ids = new URL(path, "http://identity").searchParams.get("ids") ?? "";
    const items = ids.split(",").map((userId) => ({
      ...{ userId, name: "Ada", email: `${userId}@example.com` },
    }));
    return Promise.resolve(schema.parse({ items }));
  },
  post: () => Promise.reject(new Error("Nobody posts to identity here.")),
} as unknown as ServiceClient;

const password = "top-secret";
const toStop: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of toStop.splice(0).reverse()) await one.stop();
});

async function mailServer(habits?: Habits): Promise<AMailServer> {
  const server = await aMailServer(habits);
  toStop.push(server);
  return server;
}

async function notificationBy(port: number, login = ""): Promise<Sending> {
  const lines: string[] = [];
  const stream = new Writable({
    write(line, _, done) {
      lines.push(String(line));
      done();
    },
  });
  const service = await testService(notificationService, {
    env: {
      SMTP_URL: `smtp://${login}127.0.0.1:${port}`,
      MAIL_FROM: "Shop <orders@shop.example>",
    },
    clients: { identity },
    logger: createLogger({ service: "notification", level: "debug", stream }),
  });
  toStop.push(service);
  return { ...service, lines };
}

type Sending = TestService & { readonly lines: readonly string[] };

const aCommand = (customerId: string = newId(), orderId = newId()) =>
  sendNotification({
    orderId,
    customerId,
    template: "order-confirmed",
    values: { orderNumber: "A-1" },
  });

const settled = ({ published }: Sending) =>
  eventually(async () => {
    const messages = await published();
    expect(messages).toHaveLength(1);
    return messages[0];
  });

const waiting = ({ platform }: Sending) =>
  eventually(async () => {
    const [attempt] = await platform.db.query<{ last_failure: string | null }>(
      "SELECT last_failure FROM attempts",
    );
    expect(attempt?.last_failure).toEqual(expect.any(String));
    return attempt?.last_failure ?? "";
  });

const mailsSeenBy = async (service: Sending, orderId: string) => {
  const { body } = await service
    .as(aStaffMember())
    .get(`/api/v1/notifications/mails?orderId=${orderId}`)
    .expect(200);
  return (body as { items: object[] }).items;
};

it("hands the mail in, and shows it to staff and to the customer", async () => {
  const server = await mailServer();
  const service = await notificationBy(server.port);
  const ada = aCustomer();
  const { data, ...command } = aCommand(ada.id);
  await service.deliver({ data, ...command });
  expect(await settled(service)).toMatchObject({
    type: "notification.NotificationSent.v1",
  });
  const id = deliveryId(data.orderId, "order-confirmed");
  expect(server.received).toMatchObject([
    {
      recipients: [`${ada.id}@example.com`],
      messageId: `<${id}@shop.example>`,
      raw: expect.stringMatching(
        /^From: Shop <orders@shop\.example>\r\nTo: .+\r\nSubject: Your order A-1 is confirmed\r$/m,
      ),
    },
  ]);
  expect(await mailsSeenBy(service, data.orderId)).toMatchObject([
    { notificationId: id, recipient: `${ada.id}@example.com` },
  ]);
  const { body } = await service
    .as(ada)
    .get(`/api/v1/notifications/${id}`)
    .expect(200);
  expect(body).toMatchObject({
    status: "sent",
    body: expect.stringContaining("Hello Ada"),
  });
});

it.each([
  ["recipient", { onRecipient: () => 550 }, "recipient-refused"],
  ["mail", { onMail: () => 554 }, "mail-refused"],
])(
  "gives up at once on a %s that is refused for good",
  async (_, habits, code) => {
    const server = await mailServer(habits);
    const service = await notificationBy(server.port);
    const command = aCommand();
    await service.deliver(command);
    expect(await settled(service)).toMatchObject({
      type: "notification.NotificationFailed.v1",
      data: { code },
    });
    expect(await service.platform.db.query("SELECT FROM attempts")).toEqual([]);
    expect(await mailsSeenBy(service, command.data.orderId)).toEqual([]);
  },
);

it.each([
  ["recipient", "onRecipient", 451, "RCPT TO"],
  ["mail", "onMail", 452, "DATA"],
  ["sender", "onSender", 553, "MAIL FROM"],
])(
  "sends again what the server did not take for its %s",
  async (_, habit, code, command) => {
    let isPatient = false;
    const server = await mailServer({
      [habit]: () => (isPatient ? undefined : code),
    });
    const service = await notificationBy(server.port);
    await service.deliver(aCommand());
    expect(await waiting(service)).toContain(`answered ${code} to ${command}`);
    isPatient = true;
    expect(await settled(service)).toMatchObject({
      type: "notification.NotificationSent.v1",
    });
    expect(
      new Set(server.received.map(({ messageId }) => messageId)).size,
    ).toBe(1);
  },
);

it("goes on without its mail server, and sends when that is back", async () => {
  const gone = await aMailServer();
  await gone.stop();
  const service = await notificationBy(gone.port);
  await service.deliver(aCommand());
  expect(await waiting(service)).toContain("ECONNREFUSED");
  await service.request.get("/health/ready").expect(200);
  const { received } = await mailServer({ port: gone.port });
  await settled(service);
  expect(received).toHaveLength(1);
});

it("sends again, under the same Message-ID, what was taken without an answer", async () => {
  let rudeness = 2;
  const server = await mailServer({
    onMail: () => (rudeness-- > 0 ? "hang-up" : undefined),
  });
  const service = await notificationBy(server.port);
  const { data, ...command } = aCommand();
  await service.deliver({ data, ...command });
  await settled(service);
  const messageId = `<${deliveryId(data.orderId, "order-confirmed")}@shop.example>`;
  expect(server.received).toMatchObject([
    { messageId },
    { messageId },
    { messageId },
  ]);
  expect(await mailsSeenBy(service, data.orderId)).toHaveLength(1);
});

it("does not send again what is known to have been taken", async () => {
  const server = await mailServer();
  const service = await notificationBy(server.port);
  const { data, ...command } = aCommand();
  const id = deliveryId(data.orderId, "order-confirmed");
  // As a crash leaves it that comes before the outcome is saved.
  await mailStore(service.platform.db).keep({
    ...{ id, orderId: data.orderId, recipient: "ada@example.com" },
    ...{ subject: "Your order A-1 is confirmed", body: "" },
  });
  await service.deliver({ data, ...command });
  await settled(service);
  expect(server.received).toEqual([]);
});

it("sends many mails over few connections", async () => {
  let most = 0;
  const server: AMailServer = await mailServer({
    onMail: () => void (most = Math.max(most, server.connections())),
  });
  const service = await notificationBy(server.port);
  await service.deliver(...Array.from({ length: 60 }, () => aCommand()));
  await eventually(async () =>
    expect(await service.published()).toHaveLength(60),
  );
  expect(server.received).toHaveLength(60);
  expect(most).toBeLessThanOrEqual(10);
});

it("keeps the password to itself when the server does not offer TLS", async () => {
  let hasSeenLogin = false;
  const server = await mailServer({
    options: {
      allowInsecureAuth: true,
      onAuth: (_auth, _session, say) => {
        hasSeenLogin = true;
        say(null, { user: "shop" });
      },
    },
  });
  const service = await notificationBy(server.port, `shop:${password}@`);
  await service.deliver(aCommand());
  const failure = await waiting(service);
  expect(failure).toContain("STARTTLS");
  expect(hasSeenLogin).toBe(false);
  expect(service.lines.join()).toContain("a call to the outside has failed");
  expect(failure + service.lines.join()).not.toContain(password);
});
