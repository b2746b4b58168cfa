import { createHmac } from "node:crypto";
import * as contracts from "@cartwright/contracts/payment";
import type { Draft, Message } from "@cartwright/contracts/message";
import { derivedId, newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { eventually } from "@cartwright/testing/eventually";
import {
  aCustomer,
  anOperator,
  aStaffMember,
} from "@cartwright/testing/principals";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { paymentService } from "../src/payment-service.ts";
import { runningProvider, type RunningProvider } from "./running-provider.ts";

const secret = "whsec_dGhlLXNlY3JldC1vZi10aGlzLXRlc3Q";
const amount = money(2_999, "EUR");

let database: TestDatabase;
let provider: RunningProvider;
let service: TestService;

beforeAll(async () => {
  database = await testDatabase("payment");
  provider = await runningProvider(database, {
    PROVIDER_DELAY_MS: "300",
    PROVIDER_LATE_ANSWER_MS: "2000",
    // Nobody listens there: the poll alone must do, and webhooks are sent by hand.
    PROVIDER_WEBHOOK_URL: "http://127.0.0.1:1/",
  });
  service = await started();
});

afterAll(async () => {
  await service.stop();
  await provider.stop();
  await database.stop();
});

const started = (env: Record<string, string> = {}) =>
  testService(paymentService, {
    database,
    env: {
      PAYMENT_PROVIDER_URL: provider.url,
      PAYMENT_PROVIDER_TIMEOUT_MS: "400",
      PROVIDER_WEBHOOK_SECRET: secret,
      ...env,
    },
  });

/** An order's payment: its commands, and what became of them. */
function aPayment(paymentToken = "tok_visa", customerId: string = newId()) {
  const orderId = newId();
  const paymentId = derivedId("payment", orderId);
  const commandId = (step: string) => derivedId(orderId, step);
  const command = (step: string, draft: Draft): Draft & Partial<Message> => ({
    ...draft,
    id: commandId(step),
  });
  const authorize = command(
    "authorize",
    contracts.authorizePayment({ orderId, customerId, amount, paymentToken }),
  );
  const capture = command("capture", contracts.capturePayment({ orderId }));
  const cancel = command(
    "cancel",
    contracts.cancelPayment({ orderId, amount }),
  );
  const events = async () =>
    (await service.published()).filter(
      ({ subject }) => subject === `payment/${paymentId}`,
    );
  const saw = (...types: readonly string[]) =>
    eventually(async () => {
      const seen = await events();
      expect(seen.map(({ type }) => type.split(".")[1])).toEqual(types);
      expect(seen.map(({ sequence }) => sequence)).toEqual(
        types.map((_, index) => index + 1),
      );
      return seen;
    });
  const answerTo = (step: string) =>
    eventually(async () => {
      const answers = (await events()).filter(
        (event) => event.commandId === commandId(step),
      );
      expect(answers).toHaveLength(1);
      return answers[0]!;
    });
  return {
    ...{ orderId, paymentId, customerId, authorize, capture, cancel },
    ...{ events, saw, answerTo, commandId },
    movements: () => provider.movements(paymentId),
    balance: () => ledgerOf(paymentId),
  };
}

const ledgerOf = (paymentId: string) =>
  service.platform.db.query(
    `SELECT account, sum(amount)::bigint AS amount FROM ledger_entries
     WHERE payment_id = $1 GROUP BY account ORDER BY account`,
    [paymentId],
  );

afterEach(async () => {
  const [total] = await service.platform.db.query<{ sum: number }>(
    "SELECT coalesce(sum(amount), 0)::bigint AS sum FROM ledger_entries",
  );
  expect(total?.sum).toBe(0);
});

describe("each card", () => {
  it("tok_visa is authorized and captured once, and the ledger says so", async () => {
    const payment = aPayment();
    await service.deliver(payment.authorize);
    const [initiated, authorized] = await payment.saw(
      "PaymentInitiated",
      "PaymentAuthorized",
    );
    expect(initiated).not.toHaveProperty("commandId");
    expect(authorized).toMatchObject({
      commandId: payment.commandId("authorize"),
      key: payment.orderId,
      data: { orderId: payment.orderId, paymentId: payment.paymentId, amount },
    });
    await service.deliver(payment.capture);
    expect(await payment.answerTo("capture")).toMatchObject({
      type: "payment.PaymentProcessed.v1",
      sequence: 3,
    });
    expect(await payment.movements()).toEqual(["capture"]);
    expect(await payment.balance()).toEqual([
      { account: "provider", amount: 2_999 },
      { account: "sales", amount: -2_999 },
    ]);
  });

  it.each([
    ["tok_declined", "card-declined"],
    ["tok_insufficient_funds", "insufficient-funds"],
  ])("%s is refused as %s", async (token, code) => {
    const payment = aPayment(token);
    await service.deliver(payment.authorize);
    expect(await payment.answerTo("authorize")).toMatchObject({
      type: "payment.PaymentFailed.v1",
      data: { phase: "authorization", code },
    });
    expect(await payment.movements()).toEqual([]);
  });

  it("tok_timeout is authorized once although its answer came too late", async () => {
    const payment = aPayment("tok_timeout");
    await service.deliver(payment.authorize);
    await payment.saw("PaymentInitiated", "PaymentAuthorized");
    await service.deliver(payment.capture);
    await payment.answerTo("capture");
    expect(await payment.movements()).toEqual(["capture"]);
  });

  it("tok_delayed says that it takes longer, once, and is authorized later", async () => {
    const payment = aPayment("tok_delayed");
    await service.deliver(payment.authorize);
    const [, waiting, authorized] = await payment.saw(
      "PaymentInitiated",
      "PaymentActionRequired",
      "PaymentAuthorized",
    );
    expect(waiting).not.toHaveProperty("commandId");
    expect(authorized!.commandId).toBe(payment.commandId("authorize"));
  });

  it("tok_silent waits until it is cancelled", async () => {
    const payment = aPayment("tok_silent");
    await service.deliver(payment.authorize);
    await payment.saw("PaymentInitiated", "PaymentActionRequired");
    await service.deliver(payment.cancel);
    expect(await payment.answerTo("cancel")).toMatchObject({
      data: { outcome: "voided" },
    });
    expect(await payment.answerTo("authorize")).toMatchObject({
      data: { phase: "authorization", code: "cancelled" },
    });
  });

  it("tok_capture_declined keeps the hold, which a cancellation voids", async () => {
    const payment = aPayment("tok_capture_declined");
    await service.deliver(payment.authorize);
    await payment.answerTo("authorize");
    await service.deliver(payment.capture);
    expect(await payment.answerTo("capture")).toMatchObject({
      data: { phase: "capture", code: "card-declined" },
    });
    await service.deliver(payment.cancel);
    expect(await payment.answerTo("cancel")).toMatchObject({
      data: { outcome: "voided" },
    });
    expect(await payment.movements()).toEqual([]);
  });
});

describe("cancelling", () => {
  it("before the payment began leaves a tombstone that refuses the late authorization", async () => {
    const payment = aPayment();
    await service.deliver(payment.cancel);
    await service.deliver(payment.authorize);
    const [cancelled, failed] = await payment.saw(
      "PaymentCancelled",
      "PaymentFailed",
    );
    expect(cancelled!.data).toMatchObject({ outcome: "none" });
    expect(failed!.data).toMatchObject({
      phase: "authorization",
      code: "cancelled",
    });
  });

  it("in the same batch as the authorization gives the hold back", async () => {
    const payment = aPayment();
    await service.deliver(payment.authorize, payment.cancel);
    expect(await payment.answerTo("cancel")).toMatchObject({
      data: { outcome: "voided" },
    });
    expect(await payment.answerTo("authorize")).toMatchObject({
      data: { code: "cancelled" },
    });
  });

  it("while the authorization is unknown waits for it and voids it", async () => {
    const payment = aPayment("tok_timeout");
    await service.deliver(payment.authorize);
    await service.deliver(payment.cancel);
    expect(await payment.answerTo("cancel")).toMatchObject({
      data: { outcome: "voided" },
    });
    await payment.answerTo("authorize");
    expect(await payment.movements()).toEqual([]);
  });

  it("after the capture refunds, and says so before it answers", async () => {
    const payment = aPayment();
    await service.deliver(payment.authorize);
    await payment.answerTo("authorize");
    await service.deliver(payment.capture);
    await payment.answerTo("capture");
    await service.deliver(payment.cancel);
    const events = await payment.saw(
      ...["PaymentInitiated", "PaymentAuthorized", "PaymentProcessed"],
      ...["RefundProcessed", "PaymentCancelled"],
    );
    expect(events[3]).not.toHaveProperty("commandId");
    expect(events[4]).toMatchObject({
      commandId: payment.commandId("cancel"),
      data: { outcome: "refunded" },
    });
    expect(await payment.movements()).toEqual(["capture", "refund"]);
    expect(await payment.balance()).toEqual([
      { account: "provider", amount: 0 },
      { account: "sales", amount: 0 },
    ]);
  });

  it("together with a capture ends with no money held, whichever was first", async () => {
    const payments = Array.from({ length: 20 }, () => aPayment());
    await service.deliver(...payments.map(({ authorize }) => authorize));
    for (const payment of payments) await payment.answerTo("authorize");
    await service.deliver(...payments.map(({ capture }) => capture));
    await service.deliver(...payments.map(({ cancel }) => cancel));
    for (const payment of payments) {
      await payment.answerTo("cancel");
      await payment.answerTo("capture");
      const kinds = await payment.movements();
      expect([[], ["capture", "refund"]]).toContainEqual(kinds);
    }
  });
});

describe("refunding", () => {
  it("lets staff give captured money back, once, whatever key they use", async () => {
    const payment = aPayment();
    await service.deliver(payment.authorize);
    await payment.answerTo("authorize");
    const refund = (key: string) =>
      service
        .as(aStaffMember())
        .post(`/api/v1/payments/${payment.paymentId}/refunds`)
        .set("idempotency-key", key);
    expect((await refund("too-early")).body).toMatchObject({
      status: 409,
      code: "not-captured",
      paymentStatus: "authorized",
    });
    await service.deliver(payment.capture);
    await payment.answerTo("capture");
    const first = await refund("first");
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({ status: "refunding" });
    await payment.saw(
      ...["PaymentInitiated", "PaymentAuthorized", "PaymentProcessed"],
      "RefundProcessed",
    );
    expect((await refund("second")).body).toMatchObject({ status: "refunded" });
    const shouted = `/api/v1/payments/${payment.paymentId.toUpperCase()}/refunds`;
    const again = await service
      .as(aStaffMember())
      .post(shouted)
      .set("idempotency-key", "third");
    expect(again.body).toMatchObject({ status: "refunded" });
    await service.deliver(payment.cancel);
    expect(await payment.answerTo("cancel")).toMatchObject({
      data: { outcome: "refunded" },
    });
    expect(await payment.movements()).toEqual(["capture", "refund"]);
  });

  it("is written down with who gave the money back and why, once", async () => {
    const payment = aPayment();
    for (const step of ["authorize", "capture"] as const) {
      await service.deliver(payment[step]);
      await payment.answerTo(step);
    }
    const staff = aStaffMember();
    const reason = "the mug came in two pieces";
    for (const key of [newId(), newId()])
      await service
        .as(staff)
        .post(`/api/v1/payments/${payment.paymentId}/refunds`)
        .set("idempotency-key", key)
        .send({ reason })
        .expect(202);
    const { body } = await service
      .as(anOperator())
      .get(`/api/v1/operations/payment/audit?target=${payment.paymentId}`);
    expect(body.items).toMatchObject([
      {
        ...{ operator: staff.id, action: "payments.refund", reason },
        ...{ before: { status: "captured" }, after: { status: "refunding" } },
      },
    ]);
    const events = await payment.saw(
      ...["PaymentInitiated", "PaymentAuthorized", "PaymentProcessed"],
      "RefundProcessed",
    );
    expect(events.at(-1)?.data).toMatchObject({
      reason: "refund-requested",
      customerId: payment.customerId,
    });
  });

  it("is for staff only, and of payments that exist", async () => {
    const path = `/api/v1/payments/${newId()}/refunds`;
    const asked = (principal: Parameters<TestService["as"]>[0]) =>
      service.as(principal).post(path).set("idempotency-key", newId());
    expect((await asked(aCustomer())).status).toBe(403);
    expect((await asked(aStaffMember())).status).toBe(404);
  });
});

describe("repetition", () => {
  it("of every command has no second effect, and the same answer", async () => {
    const payment = aPayment();
    for (const command of [payment.authorize, payment.capture]) {
      await service.deliver(command, { ...command });
      await service.deliver({ ...command, attempt: 2 });
      await eventually(async () => {
        const answers = (await payment.events()).filter(
          ({ commandId }) => commandId === command.id,
        );
        expect(answers.length).toBeGreaterThan(0);
        expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
      });
    }
    const before = (await payment.events()).length;
    await service.deliver({ ...payment.capture, attempt: 3 });
    await eventually(async () =>
      expect(await payment.events()).toHaveLength(before + 1),
    );
    expect(new Set((await payment.events()).map(({ id }) => id)).size).toBe(3);
    expect(await payment.movements()).toEqual(["capture"]);
  });

  it("of a hundred payments in one batch settles each of them once", async () => {
    const payments = Array.from({ length: 100 }, () => aPayment());
    await service.deliver(...payments.map(({ authorize }) => authorize));
    await service.deliver(
      ...payments.map(({ authorize }) => ({ ...authorize, attempt: 2 })),
    );
    const own = new Set(
      payments.map(({ paymentId }) => `payment/${paymentId}`),
    );
    await eventually(async () => {
      const events = (await service.published()).filter(({ subject }) =>
        own.has(subject),
      );
      const answers = events.filter(
        ({ type }) => type === "payment.PaymentAuthorized.v1",
      );
      expect(new Set(answers.map(({ id }) => id)).size).toBe(100);
    });
  });
});

it("looks up what became of a call whose answer died with its process", async () => {
  const payment = aPayment("tok_timeout");
  await service.stop();
  const dying = await started({ PAYMENT_PROVIDER_TIMEOUT_MS: "60000" });
  await dying.deliver(payment.authorize);
  await eventually(async () =>
    expect(await provider.statusOf(payment.commandId("authorize"))).toBe(
      "authorized",
    ),
  );
  // What a killed process leaves behind: the attempt, claimed, and nobody to settle it.
  service = await started();
  await service.platform.db.query(
    "UPDATE attempts SET due_at = now(), calls = 1 WHERE subject_id = $1",
    [payment.paymentId],
  );
  await payment.saw("PaymentInitiated", "PaymentAuthorized");
  await service.deliver(payment.capture);
  await payment.answerTo("capture");
  expect(await payment.movements()).toEqual(["capture"]);
  void dying.stop();
});

describe("news from the provider", () => {
  const news = (reference: string) =>
    JSON.stringify({
      type: "authorization.settled",
      timestamp: new Date().toISOString(),
      data: { key: "a key", reference, status: "authorized" },
    });

  function post(
    body: string,
    { id = newId(), ago = 0, key = secret, path = "simulated" } = {},
  ) {
    const timestamp = Math.floor(Date.now() / 1_000) - ago;
    const signature = createHmac("sha256", Buffer.from(key.slice(6), "base64"))
      .update(`${id}.${timestamp}.${body}`)
      .digest("base64");
    return service.request
      .post(`/api/v1/payments/webhooks/${path}`)
      .set("content-type", "application/json")
      .set("webhook-id", id)
      .set("webhook-timestamp", String(timestamp))
      .set("webhook-signature", `v1,${signature}`)
      .send(body);
  }

  const recorded = (id: string) =>
    service.platform.db.query(
      "SELECT 1 FROM provider_events WHERE event_id = $1",
      [id],
    );

  it("is taken in once, and makes the payment ask at once", async () => {
    const payment = aPayment("tok_delayed");
    await service.deliver(payment.authorize);
    await payment.saw("PaymentInitiated", "PaymentActionRequired");
    await eventually(async () =>
      expect(await provider.statusOf(payment.commandId("authorize"))).toBe(
        "authorized",
      ),
    );
    const id = newId();
    expect((await post(news(payment.paymentId), { id })).status).toBe(204);
    expect((await post(news(payment.paymentId), { id })).status).toBe(204);
    expect(await recorded(id)).toHaveLength(1);
    await payment.answerTo("authorize");
  });

  it.each([
    ["forged", { key: "whsec_c29tZWJvZHktZWxzZXMtc2VjcmV0" }, "webhook-forged"],
    ["stale", { ago: 302 }, "webhook-stale"],
    ["from the future", { ago: -302 }, "webhook-stale"],
  ])("is refused when it is %s", async (_how, how, code) => {
    const id = newId();
    const response = await post(news("a payment"), { id, ...how });
    expect(response.status).toBe(401);
    expect(response.body.code).toBe(code);
    expect(await recorded(id)).toHaveLength(0);
  });

  it("is refused when it is not signed, or from nobody we know", async () => {
    const unsigned = await service.request
      .post("/api/v1/payments/webhooks/simulated")
      .send({ news: "that we do not even look at" });
    expect(unsigned.body).toMatchObject({
      status: 401,
      code: "webhook-not-signed",
    });
    expect((await post(news("a payment"), { path: "nobody" })).status).toBe(
      404,
    );
  });
});

describe("reading", () => {
  it("shows a customer his own payment and nobody else's", async () => {
    const owner = aCustomer();
    const payment = aPayment("tok_visa", owner.id);
    await service.deliver(payment.authorize);
    await payment.answerTo("authorize");
    const path = `/api/v1/payments/${payment.paymentId}`;
    const view = {
      paymentId: payment.paymentId,
      orderId: payment.orderId,
      amount,
      status: "authorized",
      transfers: [],
    };
    expect((await service.as(owner).get(path)).body).toMatchObject(view);
    const found = await service
      .as(owner)
      .get("/api/v1/payments")
      .query({ orderId: payment.orderId });
    expect(found.body.items).toMatchObject([view]);

    const stranger = aCustomer();
    expect((await service.as(stranger).get(path)).status).toBe(404);
    const list = service.as(stranger).get("/api/v1/payments");
    expect((await list.query({ orderId: payment.orderId })).body).toEqual({
      items: [],
    });
    const own = await service.as(stranger).get("/api/v1/payments");
    expect(own.body).toEqual({ items: [] });
    expect((await service.request.get(path)).status).toBe(401);
  });

  it("shows staff everybody's, page by page, the newest orders first", async () => {
    const payments = [aPayment(), aPayment(), aPayment()];
    await service.deliver(...payments.map(({ authorize }) => authorize));
    const staff = service.as(aStaffMember());
    const first = await staff.get("/api/v1/payments").query({ limit: 2 });
    const second = await staff
      .get("/api/v1/payments")
      .query({ limit: 1, cursor: first.body.nextCursor });
    const shown = [...first.body.items, ...second.body.items];
    expect(shown.map(({ orderId }) => orderId)).toEqual(
      payments.map(({ orderId }) => orderId).reverse(),
    );
  });
});
