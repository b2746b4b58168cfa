import { minutes } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import type { Platform } from "../support/platform.ts";

type Sql = Pick<Platform, "sql">;

/** Long for a slow machine: what is waited for is never the time. */
const patience = { within: minutes(3), every: 100 };

async function number(
  { sql }: Sql,
  query: string,
  values: readonly unknown[] = [],
): Promise<number> {
  const [row] = await sql<{ count: number }>(query, values);
  return row?.count ?? 0;
}

/** Resolves once so many orders of each of these versions of their saga have been placed from now on and have ended. */
export async function ordersEnd(
  platform: Sql,
  count: number,
  ...versions: readonly number[]
): Promise<void> {
  const [now] = await platform.sql<{ at: Date }>(
    "SELECT clock_timestamp() AS at",
  );
  await eventually(async () => {
    for (const version of versions)
      expect(
        await number(
          platform,
          `SELECT count(*)::int FROM "order".saga_instances WHERE saga = 'place-order' AND version = $1
             AND started_at > $2 AND status IN ('completed', 'compensated')`,
          [version, now?.at],
        ),
      ).toBeGreaterThanOrEqual(count);
  }, patience);
}

/** Runs of version 2 that have not ended, of these orders or of all. */
export const newerUnderWay = (
  platform: Sql,
  orderIds?: readonly string[],
): Promise<number> =>
  number(
    platform,
    `SELECT count(*)::int FROM "order".saga_instances
     WHERE version = 2 AND status NOT IN ('completed', 'compensated') AND ($1::text[] IS NULL OR key = ANY ($1))`,
    [orderIds ?? null],
  );

/** What waits for a release that knows the run that it is for. */
export const inputsWaiting = (platform: Sql): Promise<number> =>
  number(platform, `SELECT count(*)::int FROM "order".saga_waiting_inputs`);

/** How often anything has ever waited so. */
export const inputsThatWaited = (platform: Sql): Promise<number> =>
  number(
    platform,
    `SELECT coalesce(last_value, 0)::int AS count FROM pg_sequences
     WHERE schemaname = 'order' AND sequencename LIKE 'saga_waiting_inputs%'`,
  );

/** Parcels of newer runs by whether their note was kept: the newer shipping does, the older ignores the field. */
export const parcelsWithAndWithoutNote = (
  platform: Sql,
): Promise<readonly [kept: number, ignored: number]> => {
  const parcels = (condition: string) =>
    number(
      platform,
      `SELECT count(*)::int FROM "order".saga_instances AS saga
       JOIN shipping.shipments ON order_id = saga.key::uuid
       WHERE version = 2 AND saga.status = 'completed' AND ${condition}
         (SELECT FROM shipping.packing_notes WHERE shipment_id = shipments.id)`,
    );
  return Promise.all([parcels("EXISTS"), parcels("NOT EXISTS")]);
};

export const becomes = (
  check: () => Promise<number>,
  atLeast: number,
): Promise<void> =>
  eventually(
    async () => expect(await check()).toBeGreaterThanOrEqual(atLeast),
    patience,
  );
