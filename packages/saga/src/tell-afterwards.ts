import type { Queryable, Tx } from "@cartwright/database/tx";
import { seconds } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import { periodically } from "@cartwright/kernel/periodically";
import type { Logger } from "@cartwright/observability/logger";
import {
  parseTraceparent,
  sampledTraceId,
} from "@cartwright/observability/trace-context";
import type { Tracing } from "@cartwright/observability/tracing";
import type { Advanced } from "./advance.ts";
import { isEnded } from "./instance.ts";
import { pastSpans, type TimedLine } from "./past-spans.ts";

type Run = {
  readonly sagaId: string;
  readonly saga: string;
  /** Of the request that started it. */
  readonly traceparent: string | undefined;
};

const linesOf = `SELECT saga_id AS "sagaId", step, entry, detail, at FROM saga_log
  WHERE saga_id = ANY ($1::uuid[]) ORDER BY saga_id, sequence`;

export type Afterwards = {
  /** Call it once the run's last line is committed; runs whose trace is recorded are passed over. */
  tell(run: Run): void;
  /** Hears what a transaction does to runs, and tells of those that it ends and whose trace is recorded. */
  follow(tx: Pick<Tx, "afterCommit">, turns: readonly Turned[]): void;
  readonly parts: readonly Part[];
};

type Turned = Pick<Advanced, "instance" | "log">;

/**
 * Tells runs as spans when they are over, from the saga's log and with the times that they had: each run whose trace
 * is recorded, and of the others those that have ended badly or late, whose trace was not sampled when it began.
 */
export function tellAfterwards(options: {
  readonly db: Queryable;
  readonly tracing: Tracing;
  readonly logger: Logger;
}): Afterwards {
  const { db, tracing, logger } = options;
  if (!tracing.afterwards) return nothing;
  const recorded = queueOf({ perTurn: 200, atMost: 2_000 });
  // In a storm of failures a few of them say enough.
  const others = queueOf({ perTurn: 20, atMost: 200 });
  return {
    tell(run) {
      const isSampled = parseTraceparent(run.traceparent)?.sampled ?? true;
      if (!isSampled) others.add(run);
    },
    follow(tx, turns) {
      const runs = turns.filter(isRecordedEnd).map(({ instance }) => instance);
      if (runs.length === 0) return;
      tx.afterCommit(() => {
        for (const { id, saga, cause } of runs)
          recorded.add({ sagaId: id, saga, traceparent: cause.traceparent });
      });
    },
    parts: [
      periodically({
        name: "traces told afterwards",
        every: seconds(1),
        work: () => tell([...recorded.take(), ...others.take()], db, tracing),
        failed: (error) => {
          logger.warn("traces could not be told", { error: String(error) });
        },
      }),
    ],
  };
}

const nothing: Afterwards = {
  tell: () => undefined,
  follow: () => undefined,
  parts: [],
};

/** What comes when it has ended is of another turn. */
const isRecordedEnd = ({ instance, log }: Turned): boolean =>
  isEnded(instance) &&
  sampledTraceId(instance.cause.traceparent) !== undefined &&
  log.some(({ entry }) => entry === instance.status);

/** A bounded queue: what finds no room is not told. */
function queueOf(limits: {
  readonly perTurn: number;
  readonly atMost: number;
}) {
  const runs = new Map<string, Run>();
  return {
    add(run: Run): void {
      if (runs.size < limits.atMost) runs.set(run.sagaId, run);
    },
    take(): Run[] {
      const some = [...runs.values()].slice(0, limits.perTurn);
      for (const { sagaId } of some) runs.delete(sagaId);
      return some;
    },
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
