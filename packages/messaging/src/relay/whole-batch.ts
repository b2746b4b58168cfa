import type { Queryable } from "@cartwright/database/tx";
import { outboxRows, type ListedRow, type OutboxRow } from "./outbox-rows.ts";

/** Kafka's default limit of 1 MiB is for all that one request brings to a partition, not for a record. */
const batchBytes = 900 * 1024;

/**
 * As many of the rows as one request can bring, at least the first, with the payloads that were left out; the others
 * are read again. So no more is in memory than one request, or one row, and what is left of the listed rows.
 */
export async function wholeBatch(
  db: Queryable,
  listed: readonly ListedRow[],
): Promise<readonly OutboxRow[]> {
  const batch = listed.slice(0, fitting(listed));
  if (batch.every(isWhole)) return batch;
  const missing = batch.filter((row) => !isWhole(row));
  const payloads = await outboxRows.payloads(
    db,
    missing.map(({ position }) => position),
  );
  const rows = batch.map((row) => ({
    ...row,
    payload: row.payload ?? payloads.get(row.position) ?? null,
  }));
  // Gone with the lease: what comes behind is left to the next holder too.
  const gone = rows.findIndex((row) => !isWhole(row));
  return rows.slice(0, gone < 0 ? rows.length : gone).filter(isWhole);
}

const isWhole = <Row extends ListedRow>(row: Row): row is Row & OutboxRow =>
  row.payload !== null;

function fitting(rows: readonly ListedRow[]): number {
  let bytes = 0;
  const tooMuch = rows.findIndex((row) => (bytes += row.bytes) > batchBytes);
  return tooMuch < 0 ? rows.length : Math.max(1, tooMuch);
}
