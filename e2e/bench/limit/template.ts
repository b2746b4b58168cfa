import type { Column } from "./columns.ts";
import type { Row, Specimen } from "./capture.ts";

/** What differs from order to order: a column of the composite type `orders`, and how its value is made. */
export type Field = {
  readonly name: string;
  readonly type: string;
  readonly value: string;
};

/** Turns values of the specimen into expressions over `o`, an order of the batch. */
export type Template = {
  readonly fields: readonly Field[];
  /** The value of `column` in this row. */
  expression(row: Row, column: Column): string;
  /** Whether the row is of one order alone, by what is in its key. */
  isOfOneOrder(row: Row, key: readonly Column[]): boolean;
};

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/**
 * Ids that the order brought into the world become new ones of the same version, the customer and
 * the products become others of the shop, times keep their distance from when the order was placed.
 * All the rest stays as it was, so that rows are as wide as real ones.
 */
export function templateOf(specimen: Specimen): Template {
  const { customerId, products } = specimen;
  const given = new Map<string, Field>([
    [customerId, choice("customer", "uuid", "customers", "c")],
    ...products.flatMap(({ id, sku }, n): [string, Field][] => [
      [id, choice(`product_${n}`, "uuid", "product_ids", `p + ${n}`)],
      [sku, choice(`sku_${n}`, "text", "skus", `p + ${n}`)],
    ]),
  ]);
  const fresh = new Map<string, Field>();
  for (const id of JSON.stringify(specimen.changes).match(uuid) ?? []) {
    if (!given.has(id) && !fresh.has(id))
      fresh.set(id, newId(`id_${fresh.size}`, id));
  }
  const known = new Map([...given, ...fresh]);
  const pattern = new RegExp([...known.keys()].join("|"), "g");
  const text = (value: string) => concatenation(value, pattern, known);
  return {
    fields: [
      { name: "at", type: "timestamptz", value: "placed" },
      ...known.values(),
    ],
    expression: (row, column) =>
      expression(row[column.name], column, specimen.placedAt, text),
    isOfOneOrder: (row, key) =>
      key.some((column) =>
        (textOf(row[column.name]).match(uuid) ?? []).some((id) =>
          fresh.has(id),
        ),
      ),
  };
}

const choice = (
  name: string,
  type: string,
  array: string,
  index: string,
): Field => ({
  name,
  type,
  value: `${array}[1 + (${index}) % cardinality(${array})]`,
});

/** Version 7 lies in the index beside its neighbours in time, the others anywhere. */
const newId = (name: string, id: string): Field => ({
  name,
  type: "uuid",
  value: id[14] === "7" ? "uuidv7(placed - now())" : "gen_random_uuid()",
});

/** JSON columns as the services write them. */
const textOf = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);

function expression(
  value: unknown,
  { type }: Column,
  placedAt: Date,
  text: (value: string) => string,
): string {
  if (value === null || value === undefined) return `NULL::${type}`;
  if (typeof value === "number") return `${value}::${type}`;
  if (type.startsWith("timestamp"))
    return `o.at + interval '${Date.parse(textOf(value)) - placedAt.getTime()} ms'`;
  return `(${text(textOf(value))})::${type}`;
}

/** The text around the ids as it is, the ids from the order. */
function concatenation(
  value: string,
  pattern: RegExp,
  known: ReadonlyMap<string, Field>,
): string {
  const parts: string[] = [];
  let from = 0;
  for (const { 0: id, index } of value.matchAll(pattern)) {
    if (index > from) parts.push(literal(value.slice(from, index)));
    parts.push(`o.${known.get(id)?.name ?? ""}`);
    from = index + id.length;
  }
  if (from < value.length || parts.length === 0)
    parts.push(literal(value.slice(from)));
  return parts.join(" || ");
}

export const literal = (text: string): string =>
  `'${text.replaceAll("'", "''")}'`;
