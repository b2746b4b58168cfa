import type { Row } from "../tables.ts";
import { must } from "../violation.ts";
import type { World } from "../world.ts";

type Line = { readonly sku: string; readonly quantity: number };

/** I3 and I4: what is reserved and sold is what orders hold, and only those that are alive hold any. */
export function checkStock({ tables }: World): void {
  const reservations = tables.rows("inventory", "reservations");
  for (const pile of ["reserved", "sold"]) {
    const units = unitsIn(reservations.filter((row) => row["status"] === pile));
    for (const row of tables.rows("inventory", "stock")) {
      const held = units.get(String(row["sku"])) ?? 0;
      must(
        Number(row[pile]) === held,
        "I3",
        () =>
          `${String(row["sku"])}: ${Number(row[pile])} ${pile}, orders hold ${held}`,
      );
    }
  }
  const byOrder = new Map(reservations.map((row) => [row["order_id"], row]));
  for (const order of tables.rows("order", "orders")) {
    const wanted = wantedOf(String(order["status"]));
    const reservation = byOrder.get(order["id"]);
    const status = reservation ? String(reservation["status"]) : "none";
    must(
      wanted === undefined || wanted.includes(status),
      "I4",
      () =>
        `order ${String(order["id"])} is ${String(order["status"])}, its reservation ${status}`,
    );
  }
}

function wantedOf(status: string): readonly string[] | undefined {
  if (status === "pending" || status === "cancelling") return undefined;
  return status === "cancelled" ? ["released", "rejected", "none"] : ["sold"];
}

function unitsIn(reservations: readonly Row[]): ReadonlyMap<string, number> {
  const units = new Map<string, number>();
  for (const { lines } of reservations)
    for (const { sku, quantity } of parsed(lines))
      units.set(sku, (units.get(sku) ?? 0) + quantity);
  return units;
}

/** JSON columns are kept as text or as what it says. */
const parsed = (lines: unknown): readonly Line[] =>
  (typeof lines === "string" ? JSON.parse(lines) : lines) as readonly Line[];
