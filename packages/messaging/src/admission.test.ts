import type { Message } from "@cartwright/contracts/message";
import { newId } from "@cartwright/kernel/ids";
import { admit, type AdmissionState } from "./admission.ts";
import type { Decoded } from "./wire.ts";

const beganAt = Date.parse("2026-01-01T00:00:00Z");
const handled = new Set(["order.OrderCreated.v1", "order.OrderConfirmed.v1"]);

function event(
  subject: string,
  sequence: number,
  overrides: Partial<Message> = {},
): Decoded & { message: Message } {
  const message: Message = {
    type: "order.OrderConfirmed.v1",
    topic: "order-events",
    id: newId(),
    source: "order",
    subject: `order/${subject}`,
    key: subject,
    time: "2026-01-02T00:00:00Z",
    sequence,
    correlationId: "c",
    data: {},
    ...overrides,
  };
  const record = {
    topic: message.topic,
    key: message.key,
    headers: {},
    value: "{}",
    position: "test",
  };
  return { message, record };
}

const command = (key: string) =>
  event(key, 7, { attempt: 1, topic: "inventory-commands" });

const unreadable = (key: string): Decoded => ({
  record: event(key, 1).record,
  unreadable: { reason: "malformed", detail: "no JSON" },
});

function admitAll(records: Decoded[], state: Partial<AdmissionState> = {}) {
  const messages = records.flatMap((one) =>
    "message" in one ? [one.message] : [],
  );
  return admit(records, {
    unseen: new Set(messages),
    handled,
    parkedKeys: new Map(),
    parkedTypes: new Map(),
    discarded: new Set(),
    behindOthers: new Set(),
    lasts: new Map(),
    isSequenced: ({ attempt }) => attempt === undefined,
    consumerBeganAt: beganAt,
    ...state,
  });
}

const sequences = (admission: ReturnType<typeof admit>) =>
  admission.admitted.map(({ subject, sequence }) => `${subject}#${sequence}`);

it("admits what is new and in sequence, and remembers how far each subject came", () => {
  const admission = admitAll([event("a", 1), event("b", 1), event("a", 2)]);
  expect(sequences(admission)).toEqual(["order/a#1", "order/b#1", "order/a#2"]);
  expect([...admission.lasts]).toEqual([
    ["order/a", 2],
    ["order/b", 1],
  ]);
  expect(admission.parked).toEqual([]);
});

it("drops what the inbox has seen", () => {
  const seen = event("a", 1);
  expect(admitAll([seen], { unseen: new Set() }).admitted).toEqual([]);
});

it("drops an old message that comes back after newer ones", () => {
  const lasts = new Map([["order/a", 3]]);
  const admission = admitAll([event("a", 2), event("a", 4)], { lasts });
  expect(sequences(admission)).toEqual(["order/a#4"]);
});

it("counts messages that nobody handles, so that the next is no gap", () => {
  const other = event("a", 2, { type: "order.OrderShipped.v1" });
  const admission = admitAll([event("a", 1), other, event("a", 3)]);
  expect(sequences(admission)).toEqual(["order/a#1", "order/a#3"]);
});

it("lets wait what comes before the message it follows, and lets it go right after that", () => {
  const admission = admitAll([event("a", 3), event("a", 2), event("a", 1)]);
  expect(sequences(admission)).toEqual(["order/a#1", "order/a#2", "order/a#3"]);
  expect(admission.parked).toEqual([]);
});

it("sets aside what still waits at the end of the batch, and only that key", () => {
  const admission = admitAll([event("a", 1), event("a", 3), event("b", 1)]);
  expect(sequences(admission)).toEqual(["order/a#1", "order/b#1"]);
  expect(admission.parked).toMatchObject([
    { reason: "sequence-gap", record: { key: "a" } },
  ]);
});

it("keeps a command behind what its key waits for", () => {
  const late = command("a");
  const state = {
    lasts: new Map([["order/a", 0]]),
    handled: new Set([...handled, late.message.type]),
  };
  const waiting = admitAll([event("a", 2), late], state);
  expect(waiting.admitted).toEqual([]);
  const filled = admitAll([event("a", 2), late, event("a", 1)], state);
  expect(filled.admitted.map(({ sequence }) => sequence)).toEqual([1, 2, 7]);
});

it("believes a subject that starts above one only if the message is older than the consumer", () => {
  const old = event("a", 5, { time: "2025-12-31T00:00:00Z" });
  expect(sequences(admitAll([old]))).toEqual(["order/a#5"]);
  expect(admitAll([event("b", 5)]).parked).toMatchObject([
    { reason: "sequence-gap" },
  ]);
});

it("parks the key of an unreadable message; other keys flow on", () => {
  const admission = admitAll([unreadable("a"), event("a", 1), event("b", 1)]);
  expect(sequences(admission)).toEqual(["order/b#1"]);
  expect(admission.parked.map(({ reason }) => reason)).toEqual([
    "malformed",
    "key-parked",
  ]);
  expect(admission.lasts.has("order/a")).toBe(false);
});

it("appends to a parked key without looking any further", () => {
  const parkedKeys = new Map([["a", "handler-failed" as const]]);
  const admission = admitAll([event("a", 1), event("b", 1)], { parkedKeys });
  expect(sequences(admission)).toEqual(["order/b#1"]);
  expect(admission.parked).toMatchObject([{ reason: "key-parked" }]);
});

it("parks a record without a key alone", () => {
  const admission = admitAll([unreadable(""), event("a", 1)]);
  expect(sequences(admission)).toEqual(["order/a#1"]);
});

describe("an undo of a command whose key is parked", () => {
  const parkedKeys = new Map([["a", "handler-failed" as const]]);
  const release = event("a", 7, {
    type: "inventory.ReleaseInventory.v1",
    topic: "inventory-commands",
    attempt: 1,
  });
  const withTypes = (...types: string[]) => ({
    parkedKeys,
    parkedTypes: new Map([["a", types]]),
    handled: new Set([release.message.type]),
  });

  it("overtakes what it takes back", () => {
    const state = withTypes("inventory.ReserveInventory.v1");
    expect(admitAll([release], state).admitted).toEqual([release.message]);
  });

  it.each([
    ["something else", ["order.OrderConfirmed.v1"]],
    [
      "something else besides",
      ["inventory.ReserveInventory.v1", "order.OrderConfirmed.v1"],
    ],
    ["an undo that failed itself", ["inventory.ReleaseInventory.v1"]],
  ])("waits behind %s", (_, types) => {
    expect(admitAll([release], withTypes(...types)).parked).toMatchObject([
      { reason: "key-parked" },
    ]);
  });

  it("waits behind what this very batch sets aside before it", () => {
    const state = withTypes("inventory.ReserveInventory.v1");
    const admission = admitAll([event("a", 1), release], state);
    expect(admission.admitted).toEqual([]);
    expect(admission.parked).toHaveLength(2);
  });
});

it("holds no event to a sequence whose handlers do not mind the order", () => {
  const admission = admitAll([event("a", 3), event("a", 1)], {
    isSequenced: () => false,
  });
  expect(sequences(admission)).toEqual(["order/a#3", "order/a#1"]);
  expect(admission.lasts.size).toBe(0);
});
