import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "@cartwright/kernel/clock";
import { newId } from "@cartwright/kernel/ids";
import type { Part } from "@cartwright/kernel/part";
import { silentLogger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { paymentProviderConfig } from "../src/config.ts";
import { paymentProvider } from "../src/payment-provider.ts";

type Hook = { readonly headers: IncomingHttpHeaders; readonly body: string };

const secret = "whsec_dGhlLXNlY3JldC1vZi10aGlzLXRlc3Q";
let database: TestDatabase;
let url: string;
let parts: readonly Part[];
let merchant: Server;
let hooks: Hook[];
let failingHooks: number;

beforeAll(async () => {
  database = await testDatabase("payment-provider");
  merchant = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      hooks.push({ headers: request.headers, body });
      response.writeHead(failingHooks-- > 0 ? 503 : 204).end();
    });
  });
  await new Promise<void>((resolve) => merchant.listen(0, resolve));
  const { port } = merchant.address() as AddressInfo;
  const provider = paymentProvider({
    db: database.db,
    clock: systemClock,
    logger: silentLogger,
    port: 0,
    config: paymentProviderConfig.parse({
      PROVIDER_DELAY_MS: 100,
      PROVIDER_LATE_ANSWER_MS: 500,
      PROVIDER_WEBHOOK_URL: `http://127.0.0.1:${port}/`,
      PROVIDER_WEBHOOK_SECRET: secret,
    }),
  });
  parts = provider.parts;
  for (const part of parts) await part.start?.();
  url = provider.url();
});

afterAll(async () => {
  for (const part of [...parts].reverse()) await part.stop?.();
  merchant.close();
  await database.stop();
});

beforeEach(() => {
  hooks = [];
  failingHooks = 0;
});

type Body = {
  readonly code?: string;
  readonly status?: string;
  readonly entries: readonly { readonly key: string; readonly kind: string }[];
};

async function call(
  method: string,
  path: string,
  body?: unknown,
  key?: string,
) {
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: { ...(key && { "idempotency-key": key }) },
  });
  return { status: response.status, body: (await response.json()) as Body };
}

const asked = (token: string) => ({
  reference: "a payment",
  amount: { amount: 2_999, currency: "EUR" },
  token,
});
const authorize = (key: string, token: string) =>
  call("POST", "/authorizations", asked(token), key);

async function entriesOf(key: string): Promise<string[]> {
  const { body } = await call("GET", "/ledger");
  return body.entries
    .filter((entry) => entry.key === key)
    .map(({ kind }) => kind);
}

it("holds, captures and refunds under the caller's key, each of them once", async () => {
  const key = newId();
  const held = { key, status: "authorized", amount: asked("").amount };
  expect(await authorize(key, "tok_visa")).toMatchObject({
    status: 201,
    body: held,
  });
  expect(await authorize(key, "tok_visa")).toMatchObject({
    status: 200,
    body: held,
  });
  for (const [action, status] of [
    ["capture", "captured"],
    ["capture", "captured"],
    ["refund", "refunded"],
    ["refund", "refunded"],
  ]) {
    expect(
      await call("POST", `/authorizations/${key}/${action}`),
    ).toMatchObject({
      status: 200,
      body: { status },
    });
  }
  expect(await entriesOf(key)).toEqual(["capture", "refund"]);
  expect(await call("GET", `/authorizations/${key}`)).toMatchObject({
    body: { key, status: "refunded", reference: "a payment" },
  });
});

it("makes one authorization of twenty equal requests at once", async () => {
  const key = newId();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => authorize(key, "tok_visa")),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
});

it("captures many at once without losing or repeating any", async () => {
  const keys = Array.from({ length: 100 }, () => newId() as string);
  await Promise.all(keys.map((key) => authorize(key, "tok_visa")));
  await Promise.all(
    [...keys, ...keys].map((key) =>
      call("POST", `/authorizations/${key}/capture`),
    ),
  );
  const { body } = await call("GET", "/ledger?limit=10000");
  const captured = body.entries.filter(({ key }) => keys.includes(key));
  expect(captured).toHaveLength(100);
});

it("refuses another amount under the same key, and a request without key", async () => {
  const key = newId();
  await authorize(key, "tok_visa");
  const other = {
    ...asked("tok_visa"),
    amount: { amount: 1, currency: "EUR" },
  };
  expect(await call("POST", "/authorizations", other, key)).toMatchObject({
    status: 422,
    body: { code: "key-reused" },
  });
  expect(await call("POST", "/authorizations", other)).toMatchObject({
    status: 400,
  });
  expect(
    await call("POST", "/authorizations", { amount: -1 }, newId()),
  ).toMatchObject({
    status: 400,
    body: { code: "validation-failed" },
  });
  expect(await call("GET", `/authorizations/${newId()}`)).toMatchObject({
    status: 404,
  });
  expect(await call("GET", "/nowhere")).toMatchObject({ status: 404 });
});

it("shows what is held when it refuses an operation", async () => {
  const key = newId();
  await authorize(key, "tok_visa");
  await call("POST", `/authorizations/${key}/capture`);
  expect(await call("POST", `/authorizations/${key}/void`)).toMatchObject({
    status: 409,
    body: { code: "already-captured", authorization: { status: "captured" } },
  });
});

it("charges and answers too late for tok_timeout, and can be asked meanwhile", async () => {
  const key = newId();
  const begun = performance.now();
  const late = authorize(key, "tok_timeout");
  await eventually(async () =>
    expect(await call("GET", `/authorizations/${key}`)).toMatchObject({
      body: { status: "authorized" },
    }),
  );
  expect(performance.now() - begun).toBeLessThan(450);
  expect(await late).toMatchObject({ status: 201 });
  expect(performance.now() - begun).toBeGreaterThan(450);
});

it("settles a delayed authorization and says so in a signed webhook until it is heard", async () => {
  failingHooks = 1;
  const key = newId();
  expect(await authorize(key, "tok_delayed")).toMatchObject({
    body: { status: "pending" },
  });
  const [first, second] = await eventually(() => {
    expect(hooks).toHaveLength(2);
    return hooks;
  });
  expect(JSON.parse(second!.body)).toMatchObject({
    type: "authorization.settled",
    data: { key, reference: "a payment", status: "authorized" },
  });
  expect(second!.headers["webhook-id"]).toBe(first!.headers["webhook-id"]);
  const { "webhook-id": id, "webhook-timestamp": timestamp } = second!.headers;
  const signed = [id, timestamp, second!.body].join(".");
  const signature = createHmac("sha256", Buffer.from(secret.slice(6), "base64"))
    .update(signed)
    .digest("base64");
  expect(second!.headers["webhook-signature"]).toBe(`v1,${signature}`);
  expect(await call("GET", `/authorizations/${key}`)).toMatchObject({
    body: { status: "authorized" },
  });
});

it("never settles a delayed authorization that was voided meanwhile", async () => {
  const key = newId();
  await authorize(key, "tok_delayed");
  await call("POST", `/authorizations/${key}/void`);
  const another = newId();
  await authorize(another, "tok_delayed");
  await eventually(() => expect(hooks).toHaveLength(1));
  expect(await call("GET", `/authorizations/${key}`)).toMatchObject({
    body: { status: "voided" },
  });
});
