import { release, reserve, sell, type Reservation } from "./reservation.ts";

const orderId = "order-1";
const shelf: Record<string, number> = { MUG: 5, LAMP: 1 };
const availableOf = (sku: string) => shelf[sku];

const ask = (lines: { sku: string; quantity: number }[], held?: Reservation) =>
  reserve(held, { orderId, lines }, availableOf);

const aReservation = (over: Partial<Reservation> = {}): Reservation => ({
  orderId,
  status: "reserved",
  lines: [{ sku: "MUG", quantity: 2 }],
  sequence: 1,
  ...over,
});

describe("reserving", () => {
  it("holds every line of the order", () => {
    expect(
      ask([
        { sku: "MUG", quantity: 2 },
        { sku: "LAMP", quantity: 1 },
      ]),
    ).toEqual({
      reservation: aReservation({
        lines: [
          { sku: "MUG", quantity: 2 },
          { sku: "LAMP", quantity: 1 },
        ],
      }),
      moves: [
        { sku: "MUG", quantity: 2, from: "available", to: "reserved" },
        { sku: "LAMP", quantity: 1, from: "available", to: "reserved" },
      ],
      event: {
        kind: "reserved",
        orderId,
        sequence: 1,
        lines: [
          { sku: "MUG", quantity: 2 },
          { sku: "LAMP", quantity: 1 },
        ],
      },
    });
  });

  it("sums two lines of one sku before comparing", () => {
    const decision = ask([
      { sku: "MUG", quantity: 3 },
      { sku: "MUG", quantity: 3 },
    ]);
    expect(decision?.moves).toEqual([]);
    expect(decision?.event).toMatchObject({
      code: "out-of-stock",
      shortages: [{ sku: "MUG", requested: 6, available: 5 }],
    });
  });

  it("holds nothing when one line is short, and says which", () => {
    expect(
      ask([
        { sku: "MUG", quantity: 1 },
        { sku: "LAMP", quantity: 2 },
      ]),
    ).toEqual({
      reservation: aReservation({ status: "rejected", lines: [] }),
      moves: [],
      event: {
        kind: "rejected",
        orderId,
        sequence: 1,
        code: "out-of-stock",
        shortages: [{ sku: "LAMP", requested: 2, available: 1 }],
      },
    });
  });

  it("names a sku that nobody stocks", () => {
    expect(ask([{ sku: "GHOST", quantity: 1 }])?.event).toMatchObject({
      code: "unknown-sku",
      shortages: [{ sku: "GHOST", requested: 1, available: 0 }],
    });
  });

  it("is refused after the order gave its goods back", () => {
    const released = aReservation({ status: "released", lines: [] });
    expect(ask([{ sku: "MUG", quantity: 1 }], released)).toMatchObject({
      reservation: { status: "released", sequence: 2 },
      moves: [],
      event: { kind: "rejected", code: "released", sequence: 2 },
    });
  });

  it.each(["reserved", "sold", "rejected"] as const)(
    "changes nothing when the order is already %s",
    (status) => {
      const held = aReservation({ status });
      expect(ask([{ sku: "MUG", quantity: 1 }], held)).toBeUndefined();
    },
  );
});

describe("releasing", () => {
  it("puts reserved goods back", () => {
    expect(release(aReservation(), { orderId })).toMatchObject({
      reservation: { status: "released", sequence: 2 },
      moves: [{ sku: "MUG", quantity: 2, from: "reserved", to: "available" }],
      event: { kind: "released", lines: [{ sku: "MUG", quantity: 2 }] },
    });
  });

  it("puts sold goods back, since a cancelled order's goods never left", () => {
    const sold = aReservation({ status: "sold" });
    expect(release(sold, { orderId }).moves).toEqual([
      { sku: "MUG", quantity: 2, from: "sold", to: "available" },
    ]);
  });

  it("leaves a tombstone for what was never reserved, and answers", () => {
    expect(release(undefined, { orderId })).toEqual({
      reservation: { orderId, status: "released", lines: [], sequence: 1 },
      moves: [],
      event: { kind: "released", orderId, sequence: 1, lines: [] },
    });
  });

  it.each(["released", "rejected"] as const)(
    "answers again and moves nothing when the order is %s",
    (status) => {
      const { moves, event } = release(aReservation({ status }), { orderId });
      expect(moves).toEqual([]);
      expect(event).toMatchObject({ kind: "released", sequence: 2, lines: [] });
    },
  );
});

describe("selling", () => {
  it("turns what is reserved into sold, without a word", () => {
    expect(sell(aReservation())).toEqual({
      reservation: aReservation({ status: "sold" }),
      moves: [{ sku: "MUG", quantity: 2, from: "reserved", to: "sold" }],
    });
  });

  it.each([undefined, "sold", "rejected", "released"] as const)(
    "leaves an order alone that is %s",
    (status) => {
      expect(sell(status && aReservation({ status }))).toBeUndefined();
    },
  );
});
