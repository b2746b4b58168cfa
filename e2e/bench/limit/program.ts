import type { Change, Specimen } from "./capture.ts";
import { nameOf, type Columns } from "./columns.ts";
import { positionsOf, statementsOf } from "./statements.ts";
import { templateOf, type Template } from "./template.ts";

const choices = "customers uuid[], product_ids uuid[], skus text[]";

/** The composite type `bench.orders` and the function that makes a batch of them, placed evenly from `first` to `last`. */
const batches = ({ fields }: Template): string => `
  CREATE SCHEMA bench;
  CREATE SEQUENCE bench.numbers CACHE 1000;
  CREATE TYPE bench.orders AS (${fields.map(({ name, type }) => `${name} ${type}`).join(", ")});
  CREATE FUNCTION bench.batch(count int, first timestamptz, last timestamptz, every boolean, ${choices})
  RETURNS bench.orders[] LANGUAGE sql VOLATILE AS $$
    SELECT array_agg(ROW(${fields.map(({ value }) => value).join(", ")})::bench.orders)
    FROM (SELECT first + (last - first) * (n::float8 / count) AS placed,
      CASE WHEN every THEN n ELSE (random() * 1e9)::int END AS c,
      CASE WHEN every THEN n ELSE (random() * 1e9)::int END AS p FROM generate_series(1, count) AS n) AS each
  $$;`;

const arrays = (changes: readonly Change[]): string =>
  [...new Set(changes.map(nameOf))]
    .map((name) => `${positionsOf(name)} bigint[] := '{}';`)
    .join(" ");

/** Rows that orders share and find there: one for each product, where it is a product's. */
function sharedRows(
  { changes }: Specimen,
  columns: Columns,
  template: Template,
): string {
  const rows = changes.filter(({ before, after, ...table }) => {
    const key = columns.get(nameOf(table))?.filter(({ inKey }) => inKey) ?? [];
    return before && after && !template.isOfOneOrder(after, key);
  });
  const inserts = rows.map(({ before, ...table }) => {
    const all = columns.get(nameOf(table)) ?? [];
    const values = all.map((column) =>
      template.expression(before ?? {}, column),
    );
    return `INSERT INTO ${nameOf(table)} SELECT ${values.join(", ")} FROM unnest(batch) AS o ON CONFLICT DO NOTHING;`;
  });
  return `
  CREATE PROCEDURE bench.share(products int, ${choices}) LANGUAGE plpgsql AS $$
  DECLARE batch bench.orders[] := bench.batch(products, now(), now(), true, customers, product_ids, skus);
  BEGIN ${inserts.join("\n")} END $$;`;
}

/**
 * The order as a program: `CALL bench.place(…)` makes a batch of orders' rows, each statement for all of
 * them, in as many transactions as the specimen had. Where the platform does not wait for the disk, it does not either.
 */
export function placingProgram(specimen: Specimen, columns: Columns): string {
  const template = templateOf(specimen);
  const { changes } = specimen;
  const transactions = [
    ...Map.groupBy(changes, ({ transaction }) => transaction).values(),
  ].map((own) => {
    const lazily = own.some(
      ({ schema, table }) => schema === "bus" && table === "log",
    );
    const statements = statementsOf(own, { columns, template });
    return `${lazily ? "SET LOCAL synchronous_commit = off;\n" : ""}${statements.join("\n")}\nCOMMIT;`;
  });
  return `${batches(template)} ${sharedRows(specimen, columns, template)}
  CREATE PROCEDURE bench.place(orders int, ${choices}) LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  DECLARE
    batch bench.orders[] := bench.batch(orders, clock_timestamp(), clock_timestamp(), false, customers, product_ids, skus);
    ${arrays(changes)}
  BEGIN ${transactions.join("\n")} END $$;`;
}

/**
 * The order as it lies there once it is finished: `CALL bench.finish(…)` makes the rows that are left of a
 * batch of orders placed between two instants, without the log of the bus, of which nothing old is kept.
 */
export function finishedProgram(specimen: Specimen, columns: Columns): string {
  const template = templateOf(specimen);
  const changes = remaining(specimen.changes, columns);
  const where = (table: string) =>
    table.endsWith(".idempotency_keys")
      ? "o.at > now() - interval '2 days'"
      : undefined;
  const statements = statementsOf(changes, { columns, template, where });
  return `${batches(template)}
  CREATE PROCEDURE bench.finish(orders int, first timestamptz, last timestamptz, ${choices}) LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  DECLARE
    batch bench.orders[] := bench.batch(orders, first, last, false, customers, product_ids, skus);
    ${arrays(changes)}
  BEGIN ${statements.join("\n")} END $$;`;
}

/** What the changes come to: rows that stay, as they are at last, and what shared rows gained. */
export function remaining(
  changes: readonly Change[],
  columns: Columns,
): Change[] {
  const rows = new Map<string, Change>();
  for (const change of changes) {
    if (change.schema === "bus") continue;
    const name = nameOf(change);
    const key = columns.get(name)?.filter(({ inKey }) => inKey) ?? [];
    const row = change.after ?? change.before;
    const place = `${name} ${JSON.stringify(key.map((column) => row?.[column.name]))}`;
    const first = rows.get(place)?.before ?? change.before;
    const known = rows.has(place) ? (rows.get(place)?.before ?? null) : first;
    if (change.after === null) rows.delete(place);
    else rows.set(place, { ...change, before: known });
  }
  return [...rows.values()];
}
