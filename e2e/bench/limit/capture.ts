import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import type { Platform } from "../../support/platform.ts";
import type { Customer, Product, Shop } from "../../support/shop.ts";
import { outboxRows } from "../database-figures.ts";

export type Row = Readonly<Record<string, unknown>>;

/** One row that a transaction inserted, updated (from `before` to `after`) or deleted. */
export type Change = {
  readonly transaction: string;
  readonly schema: string;
  /** Of a partition, the table that it is a part of. */
  readonly table: string;
  readonly before: Row | null;
  readonly after: Row | null;
};

/** All that the database did for one order, transaction by transaction, in the order it was done. */
export type Specimen = {
  readonly placedAt: Date;
  readonly customerId: string;
  readonly products: readonly Product[];
  readonly changes: readonly Change[];
};

/** Leases are renewed by the clock, not by orders. */
const ownTables = `
  SELECT relnamespace::regnamespace AS schema, oid::regclass AS name FROM pg_class
  WHERE relkind IN ('r', 'p') AND NOT relispartition AND relname NOT IN ('_prisma_migrations', 'leases')
    AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'capture')`;

const install = `
  CREATE SCHEMA capture;
  CREATE TABLE capture.changes (
    place bigint GENERATED ALWAYS AS IDENTITY, transaction xid8 NOT NULL, relation oid NOT NULL, before json, after json);
  CREATE FUNCTION capture.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    INSERT INTO capture.changes (transaction, relation, before, after) VALUES (
      pg_current_xact_id(), TG_RELID,
      CASE WHEN TG_OP <> 'INSERT' THEN row_to_json(OLD) END,
      CASE WHEN TG_OP <> 'DELETE' THEN row_to_json(NEW) END);
    RETURN NULL;
  END $$;
  DO $$ DECLARE it record; BEGIN
    FOR it IN ${ownTables} LOOP
      EXECUTE format('CREATE TRIGGER capture AFTER INSERT OR UPDATE OR DELETE ON %s
        FOR EACH ROW EXECUTE FUNCTION capture.note()', it.name);
    END LOOP;
  END $$`;

const remove = `
  DO $$ DECLARE it record; BEGIN
    FOR it IN ${ownTables} LOOP EXECUTE format('DROP TRIGGER capture ON %s', it.name); END LOOP;
  END $$;
  DROP SCHEMA capture CASCADE`;

/** A transaction's place is that of its last change: it commits behind that. */
const read = `
  SELECT transaction::text, relnamespace::regnamespace::text AS schema, relname AS table, before, after
  FROM (SELECT *, max(place) OVER (PARTITION BY transaction) AS committed FROM capture.changes) AS changes
  JOIN pg_class ON pg_class.oid = coalesce(pg_partition_root(relation), relation)
  ORDER BY committed, place`;

const quietFor = seconds(2);

/**
 * Places one order on the idle platform and writes down every row that it changes, by triggers that
 * are there for this order only. A like order goes first, so that what only the first one makes is there.
 */
export async function captureOrder(
  platform: Platform,
  shop: Shop,
  customer: Customer,
  products: readonly Product[],
): Promise<Specimen> {
  const order = () => ordered(platform, shop, customer, products);
  await order();
  await platform.sql(install);
  try {
    const placedAt = new Date();
    await order();
    const changes = await platform.sql<Change>(read);
    assert.ok(changes.length > 0, "The order has changed no row.");
    return {
      placedAt,
      customerId: customer.id,
      products,
      changes: changes.map(unquoted),
    };
  } finally {
    await platform.sql(remove);
  }
}

/** Names that need quotes come with them. */
const unquoted = (change: Change): Change => ({
  ...change,
  schema: change.schema.replaceAll('"', ""),
});

/** From the POST until nothing more happens. */
async function ordered(
  platform: Platform,
  shop: Shop,
  customer: Customer,
  products: readonly Product[],
): Promise<void> {
  const items = products.map(({ id }) => ({ productId: id, quantity: 1 }));
  const orderId = await shop.placed(customer, { items });
  await shop.reaches(orderId, "confirmed");
  await eventually(
    async () => {
      const [row] = await platform.sql<{ open: number }>(
        `SELECT count(*)::int AS open FROM "order".saga_instances WHERE wake_at IS NOT NULL AND deadline IS NOT NULL`,
      );
      assert.equal(row?.open, 0);
      assert.equal(await outboxRows(platform), 0);
    },
    { within: seconds(30), every: 200 },
  );
  await sleep(quietFor); // for consumers whose batches gather
}
