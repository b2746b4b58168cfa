import { newId } from "@cartwright/kernel/ids";
import { cutNextCommit } from "@cartwright/testing/cut-commit";
import { anOperator, aStaffMember } from "@cartwright/testing/principals";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { z } from "zod";
import { defineService } from "../src/service.ts";

/** Operators and messages that a service cannot publish. */

const analytics = defineService({
  name: "analytics",
  config: z.object({}),
  create: () => ({ routes: [], refusals: {} }),
});

let service: TestService;
beforeAll(async () => {
  service = await testService(analytics);
});
afterAll(() => service.stop());

const olga = anOperator();
const reason = "the topic takes more now";
const root = "/api/v1/operations/analytics";
const get = async (path: string) =>
  (await service.as(olga).get(`${root}/${path}`).expect(200)).body;
const post = (path: string, body: object = { reason }) =>
  service.as(olga).post(`${root}/outbox/failed/${path}`).send(body);

const payload = JSON.stringify({ orderId: "o", paymentToken: "tok_visa" });

/** A row that the relay has set aside; its id. */
async function aFailedMessage(): Promise<number> {
  const [row] = await service.platform.db.query<{ position: number }>(
    `INSERT INTO outbox (id, subject, type, topic, key, headers, payload, failure)
     VALUES ($1, 'order/o', 'order.OrderPlaced.v1', 'order-events', 'o', '{"ce_sequence":"2"}', $2, 'MESSAGE_TOO_LARGE')
     RETURNING position`,
    [newId(), payload],
  );
  return row?.position ?? 0;
}

const failureOf = async (id: number) =>
  service.platform.db.query("SELECT failure FROM outbox WHERE position = $1", [
    id,
  ]);

it("counts and lists them, page by page", async () => {
  const first = await aFailedMessage();
  const second = await aFailedMessage();
  expect((await get("outbox")).outbox).toMatchObject({ waiting: 2, failed: 2 });
  const page = await get("outbox/failed?limit=1");
  expect(page).toEqual({
    items: [
      {
        ...{ id: first, messageId: expect.any(String), subject: "order/o" },
        ...{ type: "order.OrderPlaced.v1", topic: "order-events", key: "o" },
        ...{ bytes: expect.any(Number), failure: "MESSAGE_TOO_LARGE" },
        createdAt: expect.any(String),
      },
    ],
    nextCursor: first,
  });
  const next = await get(`outbox/failed?cursor=${page.nextCursor}`);
  expect(next).toMatchObject({ items: [{ id: second }] });
  expect(next).not.toHaveProperty("nextCursor");
});

it("has one published again, audited", async () => {
  const id = await aFailedMessage();
  const { body } = await post(`${id}/retry`).expect(200);
  expect(body).toMatchObject({ id, failure: "MESSAGE_TOO_LARGE" });
  expect(await failureOf(id)).toEqual([{ failure: null }]);
  const again = await post(`${id}/retry`).expect(404);
  expect(again.body).toMatchObject({ code: "not-found", status: 404 });
  expect(await get(`audit?target=${id}`)).toMatchObject({
    items: [
      {
        ...{ operator: olga.id, action: "outbox.retry", reason },
        before: { subject: "order/o", failure: "MESSAGE_TOO_LARGE" },
        after: { outcome: "retried" },
      },
    ],
  });
});

it.each(["retry", "discard"])(
  "does a %s once, though its COMMIT is not heard of or it is asked for again",
  async (verb) => {
    const id = await aFailedMessage();
    const key = newId();
    const ask = () => post(`${id}/${verb}`).set("idempotency-key", key);
    const isCut = cutNextCommit(service.platform.db.pool, "idempotency-take");
    const { body } = await ask().expect(200);
    expect(isCut()).toBe(true);
    expect((await ask().expect(200)).body).toEqual(body);
    expect((await get(`audit?target=${id}`)).items).toHaveLength(1);
  },
);

it("gives one up, audited with what was given up but no payment token", async () => {
  const id = await aFailedMessage();
  await post(`${id}/discard`).expect(200);
  await post(`${id}/discard`).expect(404);
  expect(await failureOf(id)).toEqual([]);
  const audit = await get(`audit?target=${id}`);
  expect(audit.items).toMatchObject([
    {
      ...{ operator: olga.id, action: "outbox.discard", reason },
      before: { headers: { ce_sequence: "2" }, type: "order.OrderPlaced.v1" },
      after: { outcome: "discarded" },
    },
  ]);
  expect(audit.items[0].before.payload).toContain('"orderId":"o"');
  expect(JSON.stringify(audit)).not.toContain("tok_visa");
});

it("leaves alone what is only waiting", async () => {
  const id = await aFailedMessage();
  await post(`${id}/retry`).expect(200);
  await post(`${id}/discard`).expect(404);
  expect(await failureOf(id)).toHaveLength(1);
});

it.each([
  ["no reason", "1/retry", {}],
  ["a reason that says nothing", "1/discard", { reason: "x" }],
  ["an unknown field", "1/retry", { reason, force: true }],
  ["no number", "first/discard", { reason }],
  ["a number beyond all", "99999999999999999999/retry", { reason }],
])("refuses %s", async (_, path, body) => {
  const refused = await post(path, body).expect(400);
  expect(refused.headers["content-type"]).toContain("problem+json");
  expect(refused.body.code).toBe("validation-failed");
});

it.each(["cursor=x", "limit=0", "limit=101", "age=1"])(
  "refuses to list with %s",
  async (query) => {
    const path = `${root}/outbox/failed?${query}`;
    const refused = await service.as(olga).get(path).expect(400);
    expect(refused.body.code).toBe("validation-failed");
  },
);

it("is for operators", async () => {
  const id = await aFailedMessage();
  const sam = service.as(aStaffMember());
  await sam.get(`${root}/outbox/failed`).expect(403);
  for (const verb of ["retry", "discard"]) {
    const path = `${root}/outbox/failed/${id}/${verb}`;
    await sam.post(path).send({ reason }).expect(403);
    await service.request.post(path).send({ reason }).expect(401);
  }
  expect(await failureOf(id)).toEqual([{ failure: "MESSAGE_TOO_LARGE" }]);
});
