import fc from "fast-check";
import { advance, type Holdings, type OrderInput } from "./holdings.ts";
import type { StockItem } from "./stock.ts";

const aStock = (units: Record<string, number>): Holdings["stock"] =>
  new Map(
    Object.entries(units).map(([sku, available]): [string, StockItem] => [
      sku,
      {
        ...{ sku, warehouse: "main", available, reserved: 0, sold: 0 },
        ...{ lowStockThreshold: 5, sequence: 0 },
      },
    ]),
  );

const holdings = (units: Record<string, number>): Holdings => ({
  reservations: new Map(),
  stock: aStock(units),
});

it("gives the last unit to the order that asked first", () => {
  const shop = holdings({ MUG: 1 });
  const ask = (orderId: string) =>
    advance(shop, {
      kind: "reserve",
      orderId,
      lines: [{ sku: "MUG", quantity: 1 }],
    });
  expect(ask("first")[0]?.kind).toBe("reserved");
  expect(ask("second")[0]?.kind).toBe("rejected");
});

it("gives a released unit to the next order of the same batch", () => {
  const shop = holdings({ MUG: 1 });
  const lines = [{ sku: "MUG", quantity: 1 }];
  advance(shop, { kind: "reserve", orderId: "first", lines });
  advance(shop, { kind: "release", orderId: "first" });
  const [event] = advance(shop, { kind: "reserve", orderId: "second", lines });
  expect(event?.kind).toBe("reserved");
});

it("alerts once for many orders below the threshold", () => {
  const shop = holdings({ MUG: 10 });
  const events = Array.from({ length: 10 }, (_, n) =>
    advance(shop, {
      kind: "reserve",
      orderId: `order-${n}`,
      lines: [{ sku: "MUG", quantity: 1 }],
    }),
  ).flat();
  expect(events.filter(({ kind }) => kind === "low-stock")).toEqual([
    { kind: "low-stock", sku: "MUG", sequence: 1, available: 4, threshold: 5 },
  ]);
});

const orderIds = fc.constantFrom("a", "b", "c", "d");
const someLines = fc.array(
  fc.record({
    sku: fc.constantFrom("MUG", "LAMP", "RUG", "GHOST"),
    quantity: fc.integer({ min: 1, max: 4 }),
  }),
  { minLength: 1, maxLength: 4 },
);
const anInput: fc.Arbitrary<OrderInput> = fc.oneof(
  fc.record({
    kind: fc.constant("reserve" as const),
    orderId: orderIds,
    lines: someLines,
  }),
  fc.record({ kind: fc.constant("release" as const), orderId: orderIds }),
  fc.record({ kind: fc.constant("sell" as const), orderId: orderIds }),
);

function unitsHeld({ reservations }: Holdings, status: string, sku: string) {
  return [...reservations.values()]
    .filter((reservation) => reservation.status === status)
    .flatMap(({ lines }) => lines)
    .filter((line) => line.sku === sku)
    .reduce((sum, { quantity }) => sum + quantity, 0);
}

it("conserves stock under any interleaving of reserve, release and sell", () => {
  const initial = { MUG: 6, LAMP: 3, RUG: 0 };
  fc.assert(
    fc.property(fc.array(anInput, { maxLength: 40 }), (inputs) => {
      const shop = holdings(initial);
      for (const input of inputs) {
        advance(shop, input);
        for (const item of shop.stock.values()) {
          const { sku, available, reserved, sold } = item;
          expect(Math.min(available, reserved, sold)).toBeGreaterThanOrEqual(0);
          expect(available + reserved + sold).toBe(
            initial[sku as keyof typeof initial],
          );
          expect(reserved).toBe(unitsHeld(shop, "reserved", sku));
          expect(sold).toBe(unitsHeld(shop, "sold", sku));
        }
      }
    }),
  );
});

it("counts the events of every subject from 1 without gaps", () => {
  fc.assert(
    fc.property(fc.array(anInput, { maxLength: 40 }), (inputs) => {
      const shop = holdings({ MUG: 9, LAMP: 6, RUG: 5 });
      const last = new Map<string, number>();
      for (const event of inputs.flatMap((input) => advance(shop, input))) {
        const subject =
          event.kind === "low-stock" ? event.sku : `order ${event.orderId}`;
        expect(event.sequence).toBe((last.get(subject) ?? 0) + 1);
        last.set(subject, event.sequence);
      }
    }),
  );
});
