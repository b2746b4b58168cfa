import { serviceNames } from "@cartwright/contracts/services";
import { openDatabase } from "@cartwright/database/open-database";
import { hours } from "@cartwright/kernel/duration";

/** The shop's own choices, of which each order takes a customer and a few products. */
export type Choices = {
  readonly customerIds: readonly string[];
  readonly productIds: readonly string[];
  readonly skus: readonly string[];
};

export const choicesOf = (
  customers: readonly { readonly id: string }[],
  products: readonly { readonly id: string; readonly sku: string }[],
): Choices => ({
  customerIds: customers.map(({ id }) => id),
  productIds: products.map(({ id }) => id),
  skus: products.map(({ sku }) => sku),
});

/** As the arguments of a program's procedures. */
export const valuesOf = ({ customerIds, productIds, skus }: Choices) => [
  customerIds,
  productIds,
  skus,
];

/** An administrator's connection whose statements may take their time. */
export type Session = {
  query<Row extends object = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<Row[]>;
  close(): Promise<void>;
};

const longestStatement = hours(2);

export async function openSession(url: string): Promise<Session> {
  const db = openDatabase({ url, schema: "public", maxConnections: 1 });
  await db.query("SET statement_timeout = 0");
  await db.query("SET lock_timeout = 0");
  return {
    async query<Row extends object>(
      text: string,
      values: readonly unknown[] = [],
    ) {
      const config = {
        text,
        values: [...values],
        query_timeout: longestStatement,
      };
      return (await db.pool.query<Row>(config)).rows;
    },
    close: async () => db.stop?.(),
  };
}

/** Partitions for days that lie so far back, and for those to come. */
export async function makeRoom(db: Session, daysBack: number): Promise<void> {
  for (const schema of serviceNames)
    await db.query(
      `SELECT "${schema}".keep_inbox_partitions(${daysBack}, 7)::text`,
    );
  await db.query("SELECT bus.keep_log_partitions()");
  await db.query("SELECT analytics.keep_archive_partitions(1)::text");
}
