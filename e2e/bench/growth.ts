import { outboxRows } from "./database-figures.ts";
import type { Specimen } from "./limit/capture.ts";
import { readColumns } from "./limit/columns.ts";
import { finishedProgram } from "./limit/program.ts";
import {
  makeRoom,
  openSession,
  valuesOf,
  type Choices,
  type Session,
} from "./limit/session.ts";
import { measure } from "./measure.ts";
import type { LoadOptions } from "./options.ts";
import { planOf, type Stocked } from "./started.ts";
import { summaryOf, type RunSummary } from "./summary.ts";
import { databaseSize, tableSizes, type TableSize } from "./table-figures.ts";

/** The same load on a platform with so many finished orders. */
export type GrowthSummary = {
  /** Finished orders that lay there before the load. */
  readonly orders: number;
  readonly run: RunSummary;
  /** Bytes. */
  readonly databaseBytes: number;
  readonly outboxRows: number;
  /** Of the largest tables and of every outbox and inbox, after the load. */
  readonly tables: readonly TableSize[];
};

/** What was handled is remembered for fourteen days: the orders lie as far apart as that allows. */
const days = 13;
const perBatch = 1_000;
/** Adding up a million orders takes longer than a statement may. */
const recountUpTo = 200_000;
const largest = 12;

/** Brings the tables to each size in turn and loads the platform with as many orders as fit. */
export async function* measureGrowth(
  stocked: Stocked,
  specimen: Specimen,
  choices: Choices,
  {
    sizes,
    load,
  }: { readonly sizes: readonly number[]; readonly load: LoadOptions },
): AsyncGenerator<GrowthSummary> {
  const { platform } = stocked;
  const db = await openSession(platform.databaseUrl);
  try {
    await makeRoom(db, days + 1);
    await db.query(finishedProgram(specimen, await readColumns(platform)));
    let there = 0;
    for (const size of sizes.toSorted((a, b) => a - b)) {
      await fill(db, choices, {
        from: there,
        to: size,
        of: Math.max(...sizes),
      });
      there = size;
      const plan = await planOf(stocked, load);
      const figures = await measure(stocked, plan, {
        ...load,
        recount: size <= recountUpTo,
      });
      const tables = await tableSizes(platform);
      yield {
        orders: size,
        run: summaryOf(figures),
        databaseBytes: await databaseSize(platform),
        outboxRows: await outboxRows(platform),
        tables: tables.filter(
          ({ name }, place) =>
            place < largest || /\.(outbox|inbox)$/.test(name),
        ),
      };
    }
  } finally {
    await db.query("DROP SCHEMA IF EXISTS bench CASCADE");
    await db.close();
  }
}

/** Orders of days past, oldest first, as rows come to lie; then what autovacuum would have done by now. */
async function fill(
  db: Session,
  choices: Choices,
  {
    from,
    to,
    of,
  }: { readonly from: number; readonly to: number; readonly of: number },
): Promise<void> {
  for (let first = from; first < to; first += perBatch) {
    const count = Math.min(perBatch, to - first);
    await db.query(
      `CALL bench.finish($4, now() - $5 * interval '${days} days', now() - $6 * interval '${days} days', $1, $2, $3)`,
      [...valuesOf(choices), count, 1 - first / of, 1 - (first + count) / of],
    );
  }
  await db.query("VACUUM ANALYZE");
  await db.query("CHECKPOINT");
}
