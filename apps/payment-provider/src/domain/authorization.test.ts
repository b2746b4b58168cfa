import { seconds } from "@cartwright/kernel/duration";
import { money } from "@cartwright/kernel/money";
import {
  decide,
  type AuthorizeOperation,
  type Decision,
  type Operation,
} from "./authorization.ts";

const settings = { at: new Date("2026-01-01T12:00:00Z"), delay: seconds(3) };

const withCard = (token: string): AuthorizeOperation => ({
  type: "authorize",
  key: "a key",
  reference: "a payment",
  amount: money(2_999, "EUR"),
  token,
});
const capture: Operation = { type: "capture", key: "a key" };
const release: Operation = { type: "void", key: "a key" };
const refund: Operation = { type: "refund", key: "a key" };

function after(...operations: readonly Operation[]): Decision {
  let last: Decision = { authorization: undefined };
  for (const operation of operations) {
    last = decide(last.authorization, operation, settings);
  }
  return last;
}

const statusAfter = (...operations: readonly Operation[]) =>
  after(...operations).authorization?.status;

it.each([
  ["tok_visa", "authorized", undefined],
  ["tok_timeout", "authorized", undefined],
  ["tok_capture_declined", "authorized", undefined],
  ["tok_delayed", "pending", undefined],
  ["tok_silent", "pending", undefined],
  ["tok_declined", "declined", "card-declined"],
  ["tok_insufficient_funds", "declined", "insufficient-funds"],
  ["tok_of_nobody", "declined", "unknown-token"],
])("answers %s with %s", (token, status, declineCode) => {
  const { authorization } = after(withCard(token));
  expect(authorization).toMatchObject({ status, declineCode });
});

it("settles a delayed authorization later, a silent one never", () => {
  const later = new Date("2026-01-01T12:00:03Z");
  expect(after(withCard("tok_delayed")).authorization?.settlesAt).toEqual(
    later,
  );
  expect(
    after(withCard("tok_silent")).authorization?.settlesAt,
  ).toBeUndefined();
});

it("answers the same request under the same key with the same authorization", () => {
  const once = after(withCard("tok_visa"));
  expect(after(withCard("tok_visa"), withCard("tok_visa"))).toEqual(once);
  expect(
    after(withCard("tok_visa"), capture, withCard("tok_visa")),
  ).toMatchObject({
    authorization: { status: "captured" },
  });
});

it("refuses another request under the same key", () => {
  const other = { ...withCard("tok_visa"), amount: money(1, "EUR") };
  expect(after(withCard("tok_visa"), other).refusal).toBe("key-reused");
});

it("moves money once, however often it is asked to", () => {
  expect(after(withCard("tok_visa"), capture).movement).toBe("capture");
  const again = after(withCard("tok_visa"), capture, capture);
  expect(again).toMatchObject({ authorization: { status: "captured" } });
  expect(again.movement).toBeUndefined();
  expect(after(withCard("tok_visa"), capture, refund).movement).toBe("refund");
  const repeated = after(withCard("tok_visa"), capture, refund, refund);
  expect(repeated.movement).toBeUndefined();
  expect(repeated.refusal).toBeUndefined();
});

it("keeps the hold when the capture is declined", () => {
  const { authorization, movement } = after(
    withCard("tok_capture_declined"),
    capture,
  );
  expect(authorization).toMatchObject({
    status: "authorized",
    captureDeclineCode: "card-declined",
  });
  expect(movement).toBeUndefined();
});

it("voids what is held or pending, and nothing else", () => {
  expect(statusAfter(withCard("tok_visa"), release)).toBe("voided");
  expect(statusAfter(withCard("tok_silent"), release)).toBe("voided");
  expect(after(withCard("tok_visa"), capture, release)).toMatchObject({
    authorization: { status: "captured" },
    refusal: "already-captured",
  });
  expect(after(withCard("tok_declined"), release).refusal).toBe(
    "not-authorized",
  );
});

it("neither captures nor refunds what is not held", () => {
  expect(after(withCard("tok_visa"), release, capture).refusal).toBe(
    "not-authorized",
  );
  expect(after(withCard("tok_silent"), capture).refusal).toBe("not-authorized");
  expect(after(withCard("tok_visa"), refund).refusal).toBe("not-captured");
  expect(after(capture).refusal).toBe("not-found");
});

it.each([capture, release, refund])(
  "leaves what a frozen card holds as it is: %j",
  (operation) => {
    expect(after(withCard("tok_frozen"), operation)).toMatchObject({
      authorization: { status: "authorized" },
      refusal: "frozen",
    });
  },
);
