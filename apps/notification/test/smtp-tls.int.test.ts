import { newId } from "@cartwright/kernel/ids";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { promisify } from "node:util";
import { mailServerAt } from "../src/smtp/mail-server.ts";
import { smtpChannel } from "../src/smtp/smtp-channel.ts";
import { aMailServer } from "./a-mail-server.ts";

const password = "top-secret";
const trusted = tls.getCACertificates("default");
const never = new AbortController().signal;

let identity: { readonly key: string; readonly cert: string };
const toStop: { stop?(): Promise<void> }[] = [];

beforeAll(async () => {
  identity = await certified();
});
beforeEach(() => {
  tls.setDefaultCACertificates([...trusted, identity.cert]);
});
afterEach(async () => {
  tls.setDefaultCACertificates(trusted);
  for (const one of toStop.splice(0).reverse()) await one.stop?.();
});

/** A key, and a certificate that vouches for itself. */
async function certified() {
  const folder = await mkdtemp(join(tmpdir(), "cartwright-mail-"));
  const [key, cert] = [join(folder, "key"), join(folder, "cert")];
  try {
    await promisify(execFile)("openssl", [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"],
      ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
      ...["-keyout", key, "-out", cert],
    ]);
    return {
      key: await readFile(key, "utf8"),
      cert: await readFile(cert, "utf8"),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A server that takes mails of those who have logged in over TLS. */
async function strictServer(secure: boolean) {
  const server = await aMailServer({
    options: {
      ...{ ...identity, secure, authOptional: false, disabledCommands: [] },
      onAuth: (given, _session, say) => {
        if (given.password === password) say(null, { user: given.username });
        else say(new Error(`No, not with ${String(given.password)}`));
      },
    },
  });
  toStop.push(server);
  return server;
}

function channelTo(url: string) {
  const server = mailServerAt(url);
  if (!server) throw new Error(`${url} is no mail server.`);
  const from = { name: "", address: "orders@shop.example" };
  const channel = smtpChannel({ server, from, connections: 2 });
  toStop.push(channel);
  return channel;
}

const aMail = () => ({
  ...{ id: newId<"delivery">(), orderId: newId(), subject: "Confirmed" },
  ...{ recipient: "ada@example.com", body: "<p>Hello</p>" },
});

it.each(["smtp", "smtps"])("logs in over TLS by %s", async (scheme) => {
  const server = await strictServer(scheme === "smtps");
  const login = `shop:${password}@localhost:${server.port}`;
  const channel = channelTo(`${scheme}://${login}`);
  expect(await channel.send(aMail(), never)).toEqual({ status: "accepted" });
  expect(server.received).toMatchObject([{ isEncrypted: true, user: "shop" }]);
});

it("waits for the right password, and repeats no wrong one", async () => {
  const server = await strictServer(false);
  const channel = channelTo(`smtp://shop:not-it@localhost:${server.port}`);
  const failure = await channel.send(aMail(), never).catch(String);
  expect(failure).toContain("has answered 535 to AUTH");
  expect(failure).not.toContain("not-it");
});

it("trusts no certificate of somebody unknown", async () => {
  tls.setDefaultCACertificates(trusted);
  const server = await strictServer(true);
  const login = `shop:${password}@localhost:${server.port}`;
  const sent = channelTo(`smtps://${login}`).send(aMail(), never);
  await expect(sent).rejects.toThrow(/self-signed certificate/);
});
