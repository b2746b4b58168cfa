import type { Transact } from "@cartwright/database/tx";
import { withCause } from "@cartwright/observability/context";
import type { Logger } from "@cartwright/observability/logger";
import { isDatabaseLate, isLate, isNobodysFault } from "./blame.ts";
import type { ReceivedRecord } from "./bus.ts";
import { park } from "./parked.ts";
import type { Decoded } from "./wire.ts";

/** A stopped process or a starved one is late too, but not so often in a row. */
const triesAlone = 3;

export type Isolation = {
  readonly db: { readonly transaction: Transact };
  readonly group: string;
  readonly logger: Logger;
  /** Handles records in a transaction of their own. */
  readonly handle: (records: readonly Decoded[]) => Promise<void>;
  /** Told before each try that work goes on, since each before it had its end. */
  readonly heartbeat: () => Promise<void>;
};

/**
 * Halves the records by key until the one that fails is alone, and parks that. Rejects when the failure
 * is the infrastructure's: then all of them come again, and those that were handled are known.
 */
export async function isolate(
  isolation: Isolation,
  records: readonly Decoded[],
  error: unknown,
): Promise<void> {
  const [only, ...others] = records;
  if (only === undefined) return;
  if (others.length === 0) {
    const failure = await lastFailureOf(isolation, only, error);
    if (failure !== undefined)
      await parkFailed(isolation, only.record, failure.error);
    return;
  }
  for (const half of halves(records)) {
    const failure = await failureOf(isolation, half);
    if (failure !== undefined) await isolate(isolation, half, failure.error);
  }
}

type Failure = { readonly error: unknown };

/** Handles the records and returns what went wrong with them; rejects with what is not their fault. */
async function failureOf(
  { handle, heartbeat }: Isolation,
  records: readonly Decoded[],
): Promise<Failure | undefined> {
  await heartbeat();
  try {
    await handle(records);
    return undefined;
  } catch (error) {
    if (isNobodysFault(error)) throw error;
    return { error };
  }
}

/** A record that is late though it is alone gets some more tries, and none when it is the database that is slow. */
async function lastFailureOf(
  isolation: Isolation,
  only: Decoded,
  first: unknown,
): Promise<Failure | undefined> {
  let failure: Failure | undefined = { error: first };
  for (let tries = 1; failure && isLate(failure.error); tries += 1) {
    if (isDatabaseLate(failure.error)) throw failure.error;
    if (tries === triesAlone) break;
    failure = await failureOf(isolation, [only]);
  }
  return failure;
}

/** Two halves that share no key; of a single key, its first message and the rest. */
function halves(records: readonly Decoded[]): Decoded[][] {
  const keys = [...new Set(records.map(({ record }) => record.key))];
  if (keys.length === 1) return [records.slice(0, 1), records.slice(1)];
  const first = new Set(keys.slice(0, keys.length / 2));
  return [
    records.filter(({ record }) => first.has(record.key)),
    records.filter(({ record }) => !first.has(record.key)),
  ];
}

async function parkFailed(
  { db, group, logger }: Isolation,
  record: ReceivedRecord,
  error: unknown,
): Promise<void> {
  const detail =
    error instanceof Error ? (error.stack ?? error.message) : String(error);
  const { ce_correlationid: correlationId = "", traceparent } = record.headers;
  withCause({ correlationId, ...(traceparent && { traceparent }) }, () => {
    logger.error("a message was parked", {
      reason: "handler-failed",
      key: record.key,
      position: record.position,
      error: detail,
    });
  });
  await db.transaction((tx) =>
    park(tx, group, [{ record, reason: "handler-failed", detail }]),
  );
}
