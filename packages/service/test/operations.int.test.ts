import { orderCompleted } from "@cartwright/contracts/order";
import { newId } from "@cartwright/kernel/ids";
import { on } from "@cartwright/messaging/handler";
import { cutNextCommit } from "@cartwright/testing/cut-commit";
import { anOperator, aStaffMember } from "@cartwright/testing/principals";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { z } from "zod";
import { defineService } from "../src/service.ts";

const state = { broken: true };
const analytics = defineService({
  name: "analytics",
  config: z.object({}),
  create: () => ({
    routes: [],
    refusals: {},
    handlers: [
      on([orderCompleted], async () => {
        if (state.broken) throw new TypeError("x is not a function");
        return Promise.resolve();
      }),
    ],
  }),
});

let service: TestService;
beforeAll(async () => {
  service = await testService(analytics);
});
afterAll(() => service.stop());
beforeEach(() => (state.broken = true));

const olga = anOperator();
const reason = "the bug is mended";
const root = "/api/v1/operations/analytics";
const get = async (path: string) =>
  (await service.as(olga).get(`${root}/${path}`).expect(200)).body;
const post = (path: string, body: object = { reason }) =>
  service.as(olga).post(`${root}/dead-letters/${path}`).send(body);

/** A message that could not be handled, by its place among those of its order. */
async function aDeadLetter(messages = 1): Promise<{ id: number; key: string }> {
  const orderId = newId();
  for (let n = 0; n < messages; n += 1)
    await service.deliver(
      orderCompleted({
        ...{ orderId, customerId: newId() },
        completedAt: new Date().toISOString(),
      }),
    );
  const { items } = await get(`dead-letters?key=${orderId}&limit=1`);
  return items[0];
}

it("lists and shows what was set aside", async () => {
  const { id, key } = await aDeadLetter(2);

  const page = await get(`dead-letters?key=${key}&limit=1`);
  expect(page.items).toMatchObject([
    { id, key, reason: "handler-failed", type: orderCompleted.type },
  ]);
  const next = await get(`dead-letters?key=${key}&cursor=${page.nextCursor}`);
  expect(next.items).toMatchObject([{ key, reason: "key-parked" }]);
  expect(await get(`dead-letters/${id}`)).toMatchObject({
    detail: expect.stringContaining("x is not a function"),
    payload: expect.stringContaining(key),
    headers: { ce_type: orderCompleted.type },
  });
});

it("requeues one, and says when that was in vain", async () => {
  const { id, key } = await aDeadLetter(2);
  const inVain = await post(`${id}/requeue`).expect(200);
  expect(inVain.body).toMatchObject({
    handled: 0,
    stopped: [{ id, key, reason: "handler-failed" }],
    remaining: 2,
  });
  state.broken = false;
  const { body } = await post(`${id}/requeue`).expect(200);
  expect(body).toEqual({ handled: 2, dropped: 0, stopped: [], remaining: 0 });
});

it("requeues by key", async () => {
  const { key } = await aDeadLetter(3);
  state.broken = false;
  const body = { reason, filter: { key } };
  const requeued = await post("requeue", body).expect(200);
  expect(requeued.body).toMatchObject({ handled: 3 });
});

it("discards, audited with what was given up", async () => {
  const { id, key } = await aDeadLetter();
  await post(`${id}/discard`).expect(200);
  await post(`${id}/discard`).expect(404);

  expect(await get(`audit?target=${id}`)).toMatchObject({
    items: [
      {
        ...{ operator: olga.id, action: "dead-letters.discard", reason },
        before: { key },
        after: { outcome: "discarded" },
      },
    ],
  });
});

it.each(["requeue", "discard"])(
  "does a %s once, though its COMMIT is not heard of or it is asked for again",
  async (verb) => {
    const { id } = await aDeadLetter(2);
    state.broken = false;
    const idempotencyKey = newId();
    const ask = () =>
      post(`${id}/${verb}`).set("idempotency-key", idempotencyKey);
    const isCut = cutNextCommit(service.platform.db.pool, "idempotency-take");
    await ask().expect(200);
    expect(isCut()).toBe(true);
    const again = await ask().expect(200);
    expect(again.body).toMatchObject({ handled: 0, dropped: 0, remaining: 0 });
    expect((await get(`audit?target=${id}`)).items).toHaveLength(1);
  },
);

it("treats the first of a key first", async () => {
  const { id } = await aDeadLetter(2);
  const refused = await post(`${id + 1}/discard`).expect(409);
  expect(refused.body).toMatchObject({ code: "not-first", first: id });
});

it("says what waits", async () => {
  await aDeadLetter(2);
  const { outbox, parked, relay } = await get("outbox");
  expect(outbox).toEqual({ waiting: 0, oldestAge: null, failed: 0 });
  expect(parked.keys).toBeGreaterThanOrEqual(1);
  expect(parked.messages).toBeGreaterThanOrEqual(2);
  expect(relay).toBeNull();
});

it.each([
  ["no reason", "1/requeue", {}],
  ["no filter", "requeue", { reason, filter: {} }],
  ["an unknown filter", "requeue", { reason, filter: { age: 1 } }],
  ["no number", "first/discard", { reason }],
])("refuses %s", async (_, path, body) => {
  const refused = await post(path, body).expect(400);
  expect(refused.body.code).toBe("validation-failed");
});

it("is for operators", async () => {
  const sam = service.as(aStaffMember());
  await sam.get(`${root}/dead-letters`).expect(403);
  await sam.get(`${root}/outbox`).expect(403);
  await sam.get(`${root}/audit`).expect(403);
  await sam.post(`${root}/dead-letters/1/discard`).send({ reason }).expect(403);
  await service.request.get(`${root}/dead-letters`).expect(401);
});
