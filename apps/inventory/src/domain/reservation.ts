import type { Move } from "./stock.ts";

export type Line = { readonly sku: string; readonly quantity: number };

/**
 * reserved → sold | released; sold → released (the confirmed order was cancelled). `rejected` and
 * `released` remember the answer: an order that was told no, or that gave its goods back, gets none later.
 */
export type ReservationStatus = "reserved" | "sold" | "rejected" | "released";

/** What one order holds. */
export type Reservation = {
  readonly orderId: string;
  readonly status: ReservationStatus;
  /** Each sku once. */
  readonly lines: readonly Line[];
  /** Of the last event published about this reservation. */
  readonly sequence: number;
};

export type Shortage = {
  readonly sku: string;
  readonly requested: number;
  readonly available: number;
};

export type ReservationEvent = {
  readonly orderId: string;
  readonly sequence: number;
} & (
  | { readonly kind: "reserved"; readonly lines: readonly Line[] }
  | {
      readonly kind: "rejected";
      readonly code: "out-of-stock" | "unknown-sku" | "released";
      readonly shortages: readonly Shortage[];
    }
  | { readonly kind: "released"; readonly lines: readonly Line[] }
);

/** `undefined` in place of a decision: there is nothing to change and nothing to say. */
export type ReservationDecision = {
  readonly reservation: Reservation;
  readonly moves: readonly Move[];
  readonly event?: ReservationEvent;
};

/** How many are available; undefined for a sku that nobody stocks. */
export type AvailableOf = (sku: string) => number | undefined;

/** All lines or none. */
export function reserve(
  existing: Reservation | undefined,
  request: { readonly orderId: string; readonly lines: readonly Line[] },
  availableOf: AvailableOf,
): ReservationDecision | undefined {
  if (existing?.status === "released") return reject(existing, "released");
  if (existing !== undefined) return undefined;
  const { orderId } = request;
  const lines = sumBySku(request.lines);
  const shortages = shortagesOf(lines, availableOf);
  if (shortages.length > 0) {
    const unknown = shortages.some(({ sku }) => availableOf(sku) === undefined);
    return reject(
      { orderId, status: "rejected", lines: [], sequence: 0 },
      unknown ? "unknown-sku" : "out-of-stock",
      shortages,
    );
  }
  return {
    reservation: { orderId, status: "reserved", lines, sequence: 1 },
    moves: lines.map((line) => ({
      ...line,
      from: "available",
      to: "reserved",
    })),
    event: { kind: "reserved", orderId, sequence: 1, lines },
  };
}

function reject(
  reservation: Reservation,
  code: "out-of-stock" | "unknown-sku" | "released",
  shortages: readonly Shortage[] = [],
): ReservationDecision {
  const { orderId } = reservation;
  const sequence = reservation.sequence + 1;
  return {
    reservation: { ...reservation, sequence },
    moves: [],
    event: { kind: "rejected", orderId, sequence, code, shortages },
  };
}

/** Always answered, whatever there was to give back; from then on the order gets nothing. */
export function release(
  existing: Reservation | undefined,
  { orderId }: { readonly orderId: string },
): ReservationDecision {
  const sequence = (existing?.sequence ?? 0) + 1;
  const from = pileHeldBy(existing);
  const lines = from === undefined ? [] : (existing?.lines ?? []);
  return {
    reservation: {
      orderId,
      status: "released",
      lines: existing?.lines ?? [],
      sequence,
    },
    moves:
      from === undefined
        ? []
        : lines.map((line) => ({ ...line, from, to: "available" })),
    event: { kind: "released", orderId, sequence, lines },
  };
}

/** The order is confirmed: what it held is sold. Whoever holds nothing is left alone. */
export function sell(
  existing: Reservation | undefined,
): ReservationDecision | undefined {
  if (existing?.status !== "reserved") return undefined;
  return {
    reservation: { ...existing, status: "sold" },
    moves: existing.lines.map((line) => ({
      ...line,
      from: "reserved",
      to: "sold",
    })),
  };
}

function pileHeldBy(
  reservation: Reservation | undefined,
): "reserved" | "sold" | undefined {
  const status = reservation?.status;
  return status === "reserved" || status === "sold" ? status : undefined;
}

function sumBySku(lines: readonly Line[]): Line[] {
  const sums = new Map<string, number>();
  for (const { sku, quantity } of lines) {
    sums.set(sku, (sums.get(sku) ?? 0) + quantity);
  }
  return Array.from(sums, ([sku, quantity]) => ({ sku, quantity }));
}

function shortagesOf(
  lines: readonly Line[],
  availableOf: AvailableOf,
): Shortage[] {
  return lines
    .map(({ sku, quantity }) => ({
      sku,
      requested: quantity,
      available: availableOf(sku) ?? 0,
    }))
    .filter(({ requested, available }) => requested > available);
}
