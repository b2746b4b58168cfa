import { adjust, move, type StockItem } from "./stock.ts";

const anItem = (over: Partial<StockItem> = {}): StockItem => ({
  sku: "MUG",
  warehouse: "main",
  available: 10,
  reserved: 2,
  sold: 3,
  lowStockThreshold: 5,
  sequence: 7,
  ...over,
});

describe("moving units", () => {
  it("takes from one pile what it adds to the other", () => {
    const { item } = move(anItem(), {
      quantity: 2,
      from: "reserved",
      to: "sold",
    });
    expect(item).toEqual(anItem({ reserved: 0, sold: 5 }));
  });

  it("cannot take more than a pile holds", () => {
    expect(() =>
      move(anItem(), { quantity: 3, from: "reserved", to: "sold" }),
    ).toThrow(RangeError);
  });

  it("alerts once on the way below the threshold", () => {
    const take = (item: StockItem) =>
      move(item, { quantity: 3, from: "available", to: "reserved" });
    const first = take(anItem());
    const second = take(first.item);
    const third = take(second.item);
    expect(first.events).toEqual([]);
    expect(second.events).toEqual([
      {
        kind: "low-stock",
        sku: "MUG",
        sequence: 8,
        available: 4,
        threshold: 5,
      },
    ]);
    expect(third.events).toEqual([]);
  });

  it("alerts again after stock has recovered", () => {
    const low = anItem({ available: 4 });
    const recovered = adjust(low, { delta: 1, reason: "delivery" }).item;
    const again = move(recovered, {
      quantity: 1,
      from: "available",
      to: "reserved",
    });
    expect(again.events).toHaveLength(1);
  });
});

describe("adjusting stock", () => {
  it("tells the new level", () => {
    const { item, events } = adjust(anItem(), { delta: 5, reason: "delivery" });
    expect(item).toEqual(anItem({ available: 15, sequence: 8 }));
    expect(events).toEqual([
      {
        kind: "stock-level-changed",
        sku: "MUG",
        sequence: 8,
        warehouse: "main",
        delta: 5,
        available: 15,
        reserved: 2,
        reason: "delivery",
      },
    ]);
  });

  it("counts each event when the level changes and falls below the threshold", () => {
    const { item, events } = adjust(anItem(), { delta: -6, reason: "broken" });
    expect(events.map(({ kind, sequence }) => [kind, sequence])).toEqual([
      ["stock-level-changed", 8],
      ["low-stock", 9],
    ]);
    expect(item.sequence).toBe(9);
  });

  it("never takes away more than is available", () => {
    expect(() => adjust(anItem(), { delta: -11, reason: "lost" })).toThrow(
      expect.objectContaining({
        code: "insufficient-stock",
        details: { sku: "MUG", available: 10 },
      }),
    );
  });
});
