import { statement, type Tx } from "@cartwright/database/tx";
import type { DayOfSales } from "../domain/sales.ts";

const upsert = statement(
  "sales-add",
  `INSERT INTO sales_by_day AS sales (day, currency, placed, confirmed, cancelled, revenue, refunded)
   SELECT * FROM unnest($1::date[], $2::text[], $3::int[], $4::int[], $5::int[], $6::bigint[], $7::bigint[])
   ON CONFLICT (day, currency) DO UPDATE
   SET placed = sales.placed + EXCLUDED.placed,
       confirmed = sales.confirmed + EXCLUDED.confirmed,
       cancelled = sales.cancelled + EXCLUDED.cancelled,
       revenue = sales.revenue + EXCLUDED.revenue,
       refunded = sales.refunded + EXCLUDED.refunded`,
);

/** Adds to the days, which come in the order of their keys. */
export function addToSales(tx: Tx, days: readonly DayOfSales[]): void {
  if (days.length === 0) return;
  tx.send(upsert, [
    days.map(({ day }) => day),
    days.map(({ currency }) => currency),
    days.map(({ placed }) => placed),
    days.map(({ confirmed }) => confirmed),
    days.map(({ cancelled }) => cancelled),
    days.map(({ revenue }) => revenue),
    days.map(({ refunded }) => refunded),
  ]);
}
