import { newId } from "@cartwright/kernel/ids";
import { eventually } from "@cartwright/testing/eventually";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import type { Mail } from "../src/delivering/channel.ts";
import { smtpChannel, type SmtpOptions } from "../src/smtp/smtp-channel.ts";
import { aMailServer, type Habits } from "./a-mail-server.ts";

const never = new AbortController().signal;
const toStop: { stop?(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of toStop.splice(0).reverse()) await one.stop?.();
});

async function mailServer(habits?: Habits) {
  const server = await aMailServer(habits);
  toStop.push(server);
  return server;
}

function channelTo(port: number, options: Partial<SmtpOptions> = {}) {
  const channel = smtpChannel({
    server: { host: "127.0.0.1", port, secure: false },
    from: { name: "Shop", address: "orders@shop.example" },
    connections: 1,
    ...options,
  });
  toStop.push(channel);
  return channel;
}

const aMail = (fields: Partial<Mail> = {}): Mail => ({
  ...{ id: newId(), orderId: newId(), subject: "Confirmed" },
  ...{ recipient: "ada@example.com", body: "<p>Hello</p>" },
  ...fields,
});

const headersOf = (raw: string | undefined = "") =>
  raw.slice(0, raw.indexOf("\r\n\r\n"));

it("lets nothing in a subject or a sender become a header", async () => {
  const server = await mailServer();
  const name = "Shop\r\nX-Planted: yes";
  const channel = channelTo(server.port, {
    from: { name, address: "orders@shop.example" },
  });
  const subject = "Confirmed\r\nBcc: all@example.com\r\n\r\nplanted";
  await channel.send(aMail({ subject }), never);
  const [mail] = server.received;
  expect(mail?.recipients).toEqual(["ada@example.com"]);
  expect(headersOf(mail?.raw)).not.toMatch(/^(bcc|x-planted):/im);
  expect(headersOf(mail?.raw)).toMatch(/^Auto-Submitted: auto-generated\r?$/m);
});

it.each([
  "ada@example.com, all@example.com",
  "ada@example.com\r\nBcc: all@example.com",
  "ada@example.com>\r\nRCPT TO:<all@example.com",
  "ada@example.com> SIZE=1",
  "",
])("sends nothing to a second recipient in %j", async (recipient) => {
  const server = await mailServer();
  const send = channelTo(server.port).send(aMail({ recipient }), never);
  await send.catch(() => undefined);
  const others = server.received
    .flatMap(({ recipients }) => recipients)
    .filter((address) => /^all@/.test(address));
  expect(others).toEqual([]);
  expect(headersOf(server.received[0]?.raw)).not.toMatch(/^bcc:/im);
});

it("uses its connection again, and opens another when the server has closed it", async () => {
  let opened = 0;
  const server = await mailServer({
    options: {
      onConnect: (_session, say) => {
        opened += 1;
        say();
      },
    },
  });
  const channel = channelTo(server.port);
  await channel.send(aMail(), never);
  await channel.send(aMail(), never);
  expect(opened).toBe(1);
  server.hangUp();
  await eventually(() => expect(server.connections()).toBe(0));
  expect(await channel.send(aMail(), never)).toEqual({ status: "accepted" });
  expect(opened).toBe(2);
});

it("does not wait for ever for a server that says nothing", async () => {
  const mute = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(mute, "listening");
  const { port } = mute.address() as AddressInfo;
  const channel = channelTo(port, { connectWithin: 100 });
  await expect(channel.send(aMail(), never)).rejects.toThrow(
    /cannot be used: Greeting never received/,
  );
  mute.close();
});

it("does not wait for ever for an answer to a mail", async () => {
  const { promise: later, resolve: goOn } = Promise.withResolvers<undefined>();
  const server = await mailServer({ onMail: () => later });
  const channel = channelTo(server.port, { answerWithin: 100 });
  await expect(channel.send(aMail(), never)).rejects.toThrow(/Timeout/);
  goOn(undefined);
});

it("never sends a mail later that was given up while others were under way", async () => {
  const { promise: later, resolve: goOn } = Promise.withResolvers<undefined>();
  const server = await mailServer({ onMail: () => later });
  const channel = channelTo(server.port);
  const [first, second, third] = [aMail(), aMail(), aMail()];
  const impatient = new AbortController();
  const sent = channel.send(first, never);
  const givenUp = channel.send(second, impatient.signal);
  impatient.abort(new Error("There was no answer."));
  await expect(givenUp).rejects.toThrow("There was no answer.");
  goOn(undefined);
  await sent;
  await channel.send(third, never);
  expect(server.received.map(({ messageId }) => messageId)).toEqual(
    [first, third].map(({ id }) => `<${id}@shop.example>`),
  );
});
