import { derivedId, type OrderId, type UserId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { decide, type PaymentInput } from "./decide.ts";
import type { Decision } from "./decision.ts";
import type { Payment } from "./payment.ts";

const orderId = derivedId<"order">("an order") satisfies OrderId;
const customerId = derivedId<"user">("a customer") satisfies UserId;
const amount = money(2_999, "EUR");
const at = new Date("2026-01-01T12:00:00Z");
const id = (name: string) => derivedId(name);

const authorize: PaymentInput = {
  type: "authorize",
  id: id("authorize"),
  orderId,
  customerId,
  amount,
  paymentToken: "tok_visa",
};
const capture: PaymentInput = { type: "capture", id: id("capture"), orderId };
const cancel: PaymentInput = {
  type: "cancel",
  id: id("cancel"),
  orderId,
  amount,
};
const authorized: PaymentInput = {
  type: "authorization",
  id: id("authorize"),
  status: "authorized",
};
const pending: PaymentInput = { ...authorized, status: "pending" };
const declined: PaymentInput = {
  ...authorized,
  status: "declined",
  code: "card-declined",
};
const captured: PaymentInput = {
  type: "capture-answer",
  id: id("capture"),
  status: "captured",
};
const captureDeclined: PaymentInput = {
  ...captured,
  status: "declined",
  code: "card-declined",
};
const released = (outcome: "none" | "voided" | "refunded"): PaymentInput => ({
  type: "release",
  id: id("cancel"),
  outcome,
});

/** Decides on each input in turn and returns the last decision. */
function after(...inputs: readonly PaymentInput[]): Decision {
  let payment: Payment | undefined;
  let last: Decision | undefined;
  for (const input of inputs) {
    last = decide(payment, input, at);
    payment = last.payment;
  }
  if (last === undefined) throw new Error("Nothing was decided.");
  return last;
}

const factsOf = ({ events, payment }: Decision) =>
  events.map(({ amount, sequence, at: when, ...fact }) => {
    expect([amount, when]).toEqual([payment.amount, at]);
    expect(sequence).toBeLessThanOrEqual(payment.eventSequence);
    return fact;
  });
const failed = (phase: string, code: string) => ({
  type: "failed",
  phase,
  code,
});

describe("authorizing", () => {
  it("asks the provider under the command's id and says that the payment began", () => {
    const decision = after(authorize);
    expect(factsOf(decision)).toEqual([{ type: "initiated" }]);
    expect(decision.calls).toEqual([
      { kind: "authorize", id: id("authorize"), paymentToken: "tok_visa" },
    ]);
    expect(decision.payment.authorizationKey).toBe(id("authorize"));
  });

  it("ignores the same command while the first is under way", () => {
    const decision = after(authorize, authorize);
    expect(decision.calls).toEqual([]);
    expect(decision.events).toEqual([]);
  });

  it("never opens a second authorization for the order", () => {
    const decision = after(authorize, { ...authorize, id: id("another") });
    expect(decision.calls).toEqual([]);
    expect(factsOf(decision)).toEqual([
      failed("authorization", "payment-exists"),
    ]);
  });

  it("is answered when the provider authorizes or declines", () => {
    expect(factsOf(after(authorize, authorized))).toEqual([
      { type: "authorized" },
    ]);
    const refusal = after(authorize, declined);
    expect(factsOf(refusal)).toEqual([
      failed("authorization", "card-declined"),
    ]);
    expect(refusal.payment.status).toBe("failed");
  });

  it("says once that the provider needs longer, and looks again", () => {
    const first = after(authorize, pending);
    expect(factsOf(first)).toEqual([
      { type: "action-required", action: "await-provider" },
    ]);
    expect(first.calls).toMatchObject([{ kind: "await-authorization" }]);
    expect(after(authorize, pending, pending).events).toEqual([]);
    expect(factsOf(after(authorize, pending, authorized))).toEqual([
      { type: "authorized" },
    ]);
  });

  it("counts its events without gaps", () => {
    const { events, payment } = after(authorize, pending, authorized);
    expect(events.map(({ sequence }) => sequence)).toEqual([3]);
    expect(payment.eventSequence).toBe(3);
  });
});

describe("capturing", () => {
  it("enters the money in the ledger when the provider has captured", () => {
    expect(after(authorize, authorized, capture).calls).toEqual([
      { kind: "capture", id: id("capture") },
    ]);
    const decision = after(authorize, authorized, capture, captured);
    expect(factsOf(decision)).toEqual([{ type: "processed" }]);
    expect(decision.transfers).toEqual(["capture"]);
  });

  it("asks the provider once, however often it is commanded", () => {
    expect(after(authorize, authorized, capture, capture).calls).toEqual([]);
    const again = after(authorize, authorized, capture, captured, capture);
    expect(again.calls).toEqual([]);
    expect(again.transfers).toEqual([]);
    expect(factsOf(again)).toEqual([{ type: "processed" }]);
  });

  it("reports a refused capture and moves no money", () => {
    const decision = after(authorize, authorized, capture, captureDeclined);
    expect(factsOf(decision)).toEqual([failed("capture", "card-declined")]);
    expect(decision.transfers).toEqual([]);
    expect(
      factsOf(after(authorize, authorized, capture, captureDeclined, capture)),
    ).toEqual([failed("capture", "card-declined")]);
  });

  it.each([
    ["before the payment began", [capture]],
    ["before the provider answered", [authorize, capture]],
    ["while the provider needs longer", [authorize, pending, capture]],
    ["after the card was declined", [authorize, declined, capture]],
  ])("is refused %s", (_when, inputs) => {
    expect(factsOf(after(...inputs))).toEqual([
      failed("capture", "not-authorized"),
    ]);
  });

  it("is refused after a cancellation", () => {
    expect(factsOf(after(cancel, capture))).toEqual([
      failed("capture", "cancelled"),
    ]);
    expect(factsOf(after(authorize, authorized, cancel, capture))).toEqual([
      failed("capture", "cancelled"),
    ]);
  });
});

describe("cancelling", () => {
  it("answers at once when nothing began, and refuses what comes late", () => {
    const tombstone = after(cancel);
    expect(factsOf(tombstone)).toEqual([
      { type: "cancelled", outcome: "none" },
    ]);
    expect(tombstone.payment.eventSequence).toBe(1);
    const late = after(cancel, authorize);
    expect(factsOf(late)).toEqual([failed("authorization", "cancelled")]);
    expect(late.calls).toEqual([]);
    expect(late.payment.customerId).toBe(customerId);
  });

  it("answers at once after a refused authorization", () => {
    expect(factsOf(after(authorize, declined, cancel))).toEqual([
      { type: "cancelled", outcome: "none" },
    ]);
  });

  it.each([
    ["the authorization is still unknown", [authorize]],
    ["the provider needs longer", [authorize, pending]],
    ["the money is held", [authorize, authorized]],
    ["the capture is still unknown", [authorize, authorized, capture]],
    [
      "the capture was refused",
      [authorize, authorized, capture, captureDeclined],
    ],
    ["the money was taken", [authorize, authorized, capture, captured]],
  ])(
    "asks the provider to let go and says nothing yet when %s",
    (_when, before) => {
      const decision = after(...before, cancel);
      expect(decision.calls).toEqual([{ kind: "release", id: id("cancel") }]);
      expect(decision.events).toEqual([]);
      expect(decision.payment.status).toBe("cancelling");
    },
  );

  it("gives captured money back", () => {
    const decision = after(
      ...[authorize, authorized, capture, captured, cancel],
      released("refunded"),
    );
    expect(decision.events.map(({ type }) => type)).toEqual([
      "refunded",
      "cancelled",
    ]);
    expect(decision.transfers).toEqual(["refund"]);
  });

  it("enters a capture that it overtook together with its refund", () => {
    const done = [authorize, authorized, capture, cancel, released("refunded")];
    expect(after(...done).transfers).toEqual(["capture", "refund"]);
    const late = after(...done, captured);
    expect(late.transfers).toEqual([]);
    expect(factsOf(late)).toEqual([failed("capture", "cancelled")]);
  });

  it("lets no authorization stand that comes after it", () => {
    const during = after(authorize, cancel, authorized);
    expect(factsOf(during)).toEqual([failed("authorization", "cancelled")]);
    expect(during.payment.status).toBe("cancelling");
    expect(after(authorize, cancel, pending).calls).toEqual([]);
  });

  it("answers every further command with the same outcome", () => {
    const again = after(authorize, authorized, cancel, released("voided"), {
      ...cancel,
      id: id("another"),
    });
    expect(again.calls).toEqual([]);
    expect(factsOf(again)).toEqual([{ type: "cancelled", outcome: "voided" }]);
  });
});

describe("refunding", () => {
  const refund: PaymentInput = { type: "refund" };
  const refunded: PaymentInput = {
    type: "refund-answer",
    id: id("refund"),
    status: "refunded",
  };
  const captureDone = [authorize, authorized, capture, captured];

  it("gives captured money back once", () => {
    expect(after(...captureDone, refund).calls).toMatchObject([
      { kind: "refund" },
    ]);
    expect(after(...captureDone, refund, refund).calls).toEqual([]);
    const decision = after(...captureDone, refund, refunded);
    expect(decision.events.map(({ type }) => type)).toEqual(["refunded"]);
    expect(decision.transfers).toEqual(["refund"]);
    expect(after(...captureDone, refund, refunded, refund).calls).toEqual([]);
  });

  it("is refused when a cancellation gives the money back, or has", () => {
    const refusedWith = (detail: string) =>
      expect.objectContaining({ code: "given-back-already", message: detail });
    expect(() => after(...captureDone, cancel, refund)).toThrow(
      refusedWith(
        "The payment is being cancelled, and the money given back with it.",
      ),
    );
    expect(() =>
      after(...captureDone, refund, refunded, cancel, refund),
    ).toThrow(
      refusedWith("The payment was cancelled, and the money given back."),
    );
  });

  it("is refused when no money was taken", () => {
    expect(() => after(authorize, authorized, refund)).toThrow(
      expect.objectContaining({ code: "not-captured" }),
    );
    expect(() => after(refund)).toThrow(
      expect.objectContaining({ code: "not-found" }),
    );
  });

  it("leaves nothing for a later cancellation to give back", () => {
    const decision = after(...captureDone, refund, refunded, cancel);
    expect(decision.calls).toEqual([]);
    expect(decision.transfers).toEqual([]);
    expect(factsOf(decision)).toEqual([
      { type: "cancelled", outcome: "refunded", refundedBefore: true },
    ]);
  });

  it("tells a refund that was asked for from one that a cancellation makes", () => {
    const reasonOf = (...inputs: PaymentInput[]) =>
      factsOf(after(...inputs))[0];
    expect(reasonOf(...captureDone, refund, refunded)).toMatchObject({
      reason: "refund-requested",
    });
    expect(
      reasonOf(...captureDone, refund, cancel, released("refunded")),
    ).toMatchObject({ reason: "order-cancelled" });
  });

  it("is taken over by a cancellation that comes meanwhile", () => {
    const overtaken = [...captureDone, refund, cancel];
    expect(after(...overtaken).calls).toMatchObject([{ kind: "release" }]);
    expect(after(...overtaken, refunded).transfers).toEqual([]);
    expect(
      after(...overtaken, refunded, released("refunded")).transfers,
    ).toEqual(["refund"]);
  });
});
