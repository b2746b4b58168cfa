import type { Queryable } from "@cartwright/database/tx";
import { seconds } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import { periodically } from "@cartwright/kernel/periodically";
import type { Logger } from "@cartwright/observability/logger";
import { parseTraceparent } from "@cartwright/observability/trace-context";
import type { Tracing } from "@cartwright/observability/tracing";
import { pastSpans, type TimedLine } from "./past-spans.ts";

type Run = {
  readonly sagaId: string;
  readonly saga: string;
  /** Of the request that started it. */
  readonly traceparent: string | undefined;
};

/** In a storm of failures a few of them say enough: 20 a second are told, and the latest 200 at most wait for it. */
const perTurn = 20;
const waitingAtMost = 200;

const linesOf = `SELECT saga_id AS "sagaId", step, entry, detail, at FROM saga_log
  WHERE saga_id = ANY ($1::uuid[]) ORDER BY saga_id, sequence`;

export type Afterwards = {
  /** Call it once the run's last line is committed; runs whose trace is recorded anyway are passed over. */
  tell(run: Run): void;
  readonly parts: readonly Part[];
};

/**
 * Tells a run's trace after it has ended badly or late, though it was not sampled when it began: from the saga's log,
 * with the ids and the times that it had.
 */
export function tellAfterwards(options: {
  readonly db: Queryable;
  readonly tracing: Tracing;
  readonly logger: Logger;
}): Afterwards {
  const { db, tracing, logger } = options;
  const waiting = new Map<string, Run>();
  const turn = async () => {
    const runs = [...waiting.values()].slice(0, perTurn);
    for (const { sagaId } of runs) waiting.delete(sagaId);
    await tell(runs, db, tracing);
  };
  return {
    tell(run) {
      if (!tracing.afterwards || waiting.size >= waitingAtMost) return;
      const isSampled = parseTraceparent(run.traceparent)?.sampled ?? true;
      if (!isSampled) waiting.set(run.sagaId, run);
    },
    parts: tracing.afterwards
      ? [
          periodically({
            name: "traces told afterwards",
            every: seconds(1),
            work: turn,
            failed: (error) => {
              logger.warn("traces could not be told", { error: String(error) });
            },
          }),
        ]
      : [],
  };
}

async function tell(
  runs: readonly Run[],
  db: Queryable,
  tracing: Tracing,
): Promise<void> {
  if (runs.length === 0) return;
  const ids = runs.map(({ sagaId }) => sagaId);
  const lines = await db.query<TimedLine & { sagaId: string }>(linesOf, [ids]);
  const byRun = Map.groupBy(lines, ({ sagaId }) => sagaId);
  for (const { sagaId, saga, traceparent = "" } of runs)
    tracing.afterwards?.(traceparent, pastSpans(saga, byRun.get(sagaId) ?? []));
}
