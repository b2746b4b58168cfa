import { endsWithin } from "./orders.ts";
import { allViolations } from "./all.ts";
import type { Evidence } from "./evidence.ts";
import { duplicateDeliveries } from "./messages.ts";
import { moneyDrift } from "./money.ts";
import { soundEvidence } from "./sound-evidence.ts";

/** A checker that cannot fail is worth nothing: each is shown what it is there for. */

const sound = soundEvidence();
const first = <T>(rows: readonly T[]): T => {
  const [row] = rows;
  if (row === undefined) throw new Error("There is none.");
  return row;
};
const last = <T>(rows: readonly T[]): T => first(rows.slice(-1));
const [order, cancelled] = [first(sound.orders), last(sound.orders)];
const [capture, entry] = [first(sound.providerLedger), first(sound.ourLedger)];
const [event, command] = [first(sound.published), last(sound.published)];
const [posting, other] = [
  first(sound.history.postings),
  last(sound.history.postings),
];
const shelf = first(sound.stock);

it("finds nothing where nothing is wrong", () => {
  expect(allViolations(sound)).toEqual([]);
});

const planted: readonly (readonly [
  invariant: string,
  what: string,
  change: Partial<Evidence>,
])[] = [
  [
    "I1",
    "a confirmed order was never charged",
    { providerLedger: [], ourLedger: [] },
  ],
  [
    "I1",
    "a cancelled order was charged",
    {
      providerLedger: [
        capture,
        { paymentId: "payment-2", kind: "capture", amount: 1_000 },
      ],
      ourLedger: [entry, { ...entry, paymentId: "payment-2", amount: 1_000 }],
    },
  ],
  ["I1", "the provider took money that we did not book", { ourLedger: [] }],
  [
    "I1",
    "we booked money that the provider did not take",
    { ourLedger: [entry, { ...entry, kind: "refund" }] },
  ],
  [
    "I1",
    "a booking has its accounts the wrong way round",
    { ourLedger: [{ ...entry, debit: "sales", credit: "provider" }] },
  ],
  [
    "I1",
    "money was taken for no order",
    {
      providerLedger: [capture, { ...capture, paymentId: "payment-9" }],
      ourLedger: [entry, { ...entry, paymentId: "payment-9" }],
    },
  ],
  ["I2", "an order was charged twice", { providerLedger: [capture, capture] }],
  [
    "I2",
    "an order was charged under two payments",
    {
      payments: [...sound.payments, { id: "payment-3", orderId: order.id }],
      providerLedger: [capture, { ...capture, paymentId: "payment-3" }],
    },
  ],
  ["I3", "a shelf is oversold", { stock: [{ ...shelf, available: -1 }] }],
  ["I3", "units have vanished", { stock: [{ ...shelf, available: 7 }] }],
  [
    "I3",
    "units are sold that nobody bought",
    { stock: [{ ...shelf, available: 7, sold: 3 }] },
  ],
  [
    "I4",
    "a cancelled order still holds units",
    { reservations: [{ orderId: cancelled.id, status: "reserved" }] },
  ],
  [
    "I4",
    "a confirmed order's units were freed",
    { reservations: [{ orderId: order.id, status: "released" }] },
  ],
  [
    "I5",
    "an order is still on its way",
    { orders: [order, { ...cancelled, status: "cancelling" }] },
  ],
  [
    "I5",
    "an order ended too late",
    {
      orders: [
        { ...order, endedAt: order.createdAt + endsWithin + 1 },
        cancelled,
      ],
    },
  ],
  [
    "I5",
    "a saga hangs",
    { openSagas: [{ key: order.id, step: "capture-payment" }] },
  ],
  [
    "I6",
    "a committed message was never published",
    { committed: [...sound.committed, { ...event, id: "lost" }] },
  ],
  [
    "I6",
    "a consumer has missed an event",
    {
      inboxes: sound.inboxes.filter(({ consumer }) => consumer !== "shipping"),
    },
  ],
  [
    "I6",
    "a command was not received",
    { inboxes: sound.inboxes.filter(({ attempt }) => attempt === null) },
  ],
  [
    "I6",
    "a message was parked",
    { parked: [{ consumer: "payment", key: order.id }] },
  ],
  [
    "I7",
    "an event was published and rolled back",
    { committed: sound.committed.filter(({ id }) => id !== event.id) },
  ],
  [
    "I7",
    "a command was published and rolled back",
    { committed: sound.committed.filter(({ id }) => id !== command.id) },
  ],
  ["I8", "events changed places", { published: sound.published.toReversed() }],
  [
    "I8",
    "an event is missing between two",
    { published: sound.published.filter(({ id }) => id !== event.id) },
  ],
  [
    "I8",
    "a consumer stands behind",
    {
      sequences: sound.sequences.map((row) =>
        row.consumer === "shipping" ? { ...row, last: 1 } : row,
      ),
    },
  ],
  [
    "I8",
    "a consumer has never seen a subject",
    {
      sequences: sound.sequences.filter(
        ({ consumer }) => consumer !== "inventory",
      ),
    },
  ],
  [
    "I10",
    "two parcels left",
    { effects: [...sound.effects, first(sound.effects)] },
  ],
  [
    "I10",
    "an event is twice in the archive",
    { archived: [...sound.archived, first(sound.archived)] },
  ],
  ["I10", "the archive lacks an event", { archived: sound.archived.slice(1) }],
  [
    "I10",
    "a message was taken in twice",
    { inboxes: [...sound.inboxes, first(sound.inboxes)] },
  ],
  [
    "I11",
    "an accepted order is gone",
    {
      history: {
        ...sound.history,
        postings: [
          posting,
          { ...other, replies: [{ status: 202, orderId: "order-gone" }] },
        ],
      },
      orders: sound.orders,
    },
  ],
  [
    "I12",
    "a key was given two orders",
    {
      history: {
        ...sound.history,
        postings: [
          {
            ...posting,
            replies: [
              ...posting.replies,
              { status: 202, orderId: cancelled.id },
            ],
          },
          other,
        ],
      },
    },
  ],
  [
    "I12",
    "a key was taken for another body",
    {
      history: {
        ...sound.history,
        postings: [
          { ...posting, misuses: [{ status: 202, orderId: order.id }] },
          other,
        ],
      },
    },
  ],
  [
    "I12",
    "an order was placed twice, and the client told of one",
    {
      orders: [...sound.orders, { ...cancelled, id: "order-unknown" }],
    },
  ],
  [
    "I12",
    "a delivery was counted twice",
    { stock: [{ ...shelf, restocked: 20, available: 18 }] },
  ],
  [
    "I12",
    "a product was created twice",
    {
      history: {
        ...sound.history,
        creations: [
          { key: "key-4", replies: [{ status: 0 }, { status: 409 }] },
        ],
      },
    },
  ],
  [
    "I12",
    "a delivery was lost",
    { stock: [{ ...shelf, restocked: 2, available: 0 }] },
  ],
];

it.each(planted)("finds for %s that %s", (invariant, _, change) => {
  const found = allViolations({ ...sound, ...change });
  expect(found.map((one) => one.invariant)).toContain(invariant);
});

it("allows both outcomes where the client was never told", () => {
  const unsure = { ...other, replies: [{ status: 0 }] };
  const history = { ...sound.history, postings: [posting, unsure] };
  expect(allViolations({ ...sound, history })).toEqual([]);
  expect(
    allViolations({
      ...sound,
      history,
      orders: [order],
      reservations: sound.reservations.slice(0, 1),
    }),
  ).toEqual([]);
});

it("takes what was published before the outboxes were copied for no ghost", () => {
  const watchedSince = Date.UTC(2027, 0, 1);
  const committed = sound.committed.filter(({ id }) => id !== event.id);
  expect(allViolations({ ...sound, committed, watchedSince })).toEqual([]);
});

it("counts what was delivered again, but not answers that were asked for again", () => {
  expect(duplicateDeliveries(sound)).toBe(0);
  const published = [...sound.published, event];
  expect(duplicateDeliveries({ ...sound, published })).toBe(1);
  const committed = [...sound.committed, event];
  expect(duplicateDeliveries({ committed, published })).toBe(0);
});

it("measures how far the money is off", () => {
  expect(moneyDrift(sound)).toBe(0);
  expect(moneyDrift({ ...sound, providerLedger: [] })).toBe(2_000);
  expect(moneyDrift({ ...sound, ourLedger: [entry, entry] })).toBe(2_000);
});
