import { statement, type Queryable, type Tx } from "@cartwright/database/tx";
import type { StockItem } from "../domain/stock.ts";

const load = statement(
  "stock-load",
  `SELECT sku, warehouse, available, reserved, sold,
          low_stock_threshold AS "lowStockThreshold", event_sequence AS sequence
   FROM stock WHERE sku = ANY ($1::text[]) ORDER BY sku FOR UPDATE`,
);

/** What no pile gave and no pile took came in or went out: `restocked`. */
const save = statement(
  "stock-save",
  `UPDATE stock
   SET available = stock.available + rows.available, reserved = stock.reserved + rows.reserved,
       sold = stock.sold + rows.sold,
       restocked = stock.restocked + rows.available + rows.reserved + rows.sold,
       event_sequence = rows.event_sequence, updated_at = now()
   FROM unnest($1::text[], $2::int[], $3::int[], $4::int[], $5::int[])
     AS rows (sku, available, reserved, sold, event_sequence)
   WHERE stock.sku = rows.sku`,
);

const create = statement(
  "stock-create",
  `INSERT INTO stock (sku) SELECT sku FROM unnest($1::text[]) AS sku ORDER BY sku
   ON CONFLICT (sku) DO NOTHING`,
);

const fill = `INSERT INTO stock (sku, initial, available)
   SELECT sku, units, units FROM unnest($1::text[], $2::int[]) AS rows (sku, units) ORDER BY sku
   ON CONFLICT (sku) DO UPDATE
   SET initial = EXCLUDED.initial, available = stock.available + EXCLUDED.initial
   WHERE stock.initial = 0 AND stock.restocked = 0`;

export const stockStore = {
  /** The items of those skus that are stocked, locked in the order of their skus. */
  async loadMany(
    tx: Tx,
    skus: readonly string[],
  ): Promise<ReadonlyMap<string, StockItem>> {
    const rows = await tx.query<StockItem>(load, [skus]);
    return new Map(rows.map((row) => [row.sku, row]));
  },

  /** Adds what has changed since `loaded`, each item's changes in one. */
  saveMany(
    tx: Tx,
    loaded: ReadonlyMap<string, StockItem>,
    items: Iterable<StockItem>,
  ): void {
    const changes = [...items].flatMap((after) => {
      const before = loaded.get(after.sku);
      return before === undefined || before === after
        ? []
        : [{ before, after }];
    });
    if (changes.length === 0) return;
    tx.send(save, [
      changes.map(({ after }) => after.sku),
      changes.map(({ before, after }) => after.available - before.available),
      changes.map(({ before, after }) => after.reserved - before.reserved),
      changes.map(({ before, after }) => after.sold - before.sold),
      changes.map(({ after }) => after.sequence),
    ]);
  },

  /** Stocks new skus, with nothing on the shelf yet. */
  createMany(tx: Tx, skus: readonly string[]): void {
    tx.send(create, [skus]);
  },

  /** Gives skus their first units, unless they ever had any. */
  async fillEmpty(
    db: Queryable,
    units: Readonly<Record<string, number>>,
  ): Promise<void> {
    await db.query(fill, [Object.keys(units), Object.values(units)]);
  },
};
