import { statement, type Queryable } from "@cartwright/database/tx";
import type { SagaInstance, SagaLogLine, SagaStatus } from "./instance.ts";
import { columns, tables } from "./saga-store.ts";

/** A run as operators see it. */
export type SagaRun = SagaInstance & {
  readonly startedAt: Date;
  /** When the step in hand was entered, or retried by an operator. */
  readonly stepSince: Date;
  /** When it will act again unless it is answered before; null once ended. */
  readonly deadline: Date | null;
};

export type SagaFilter = {
  readonly status?: SagaStatus | undefined;
  readonly saga?: string | undefined;
  readonly key?: string | undefined;
  /** Begun at least so many seconds ago. */
  readonly olderThan?: number | undefined;
};

export type LoggedLine = Omit<SagaLogLine, "sagaId"> & { readonly at: Date };

const runColumns = `${columns}, started_at AS "startedAt", step_since AS "stepSince", deadline`;

const page = statement(
  "saga-page",
  `SELECT ${runColumns} FROM ${tables}
   WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR saga = $2)
     AND ($3::text IS NULL OR key = $3)
     AND ($4::float8 IS NULL OR started_at <= now() - $4 * interval '1 second')
     AND ($5::uuid IS NULL OR saga.id < $5)
   ORDER BY saga.id DESC LIMIT $6`,
);

const find = statement(
  "saga-find",
  `SELECT ${runColumns} FROM ${tables} WHERE saga.id = $1`,
);

const log = statement(
  "saga-log-of-run",
  `SELECT sequence, step, entry, detail, at FROM saga_log WHERE saga_id = $1 ORDER BY sequence`,
);

/** Reads runs of sagas for people. */
export const sagaReader = {
  /** Newest first; `after` is the last id of the page before. */
  page: (
    db: Queryable,
    filter: SagaFilter,
    {
      after,
      limit,
    }: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<SagaRun[]> =>
    db.query<SagaRun>(page, [
      filter.status ?? null,
      filter.saga ?? null,
      filter.key ?? null,
      filter.olderThan ?? null,
      after ?? null,
      limit,
    ]),

  async find(db: Queryable, id: string): Promise<SagaRun | undefined> {
    const [run] = await db.query<SagaRun>(find, [id]);
    return run;
  },

  /** Oldest first. */
  log: (db: Queryable, id: string): Promise<LoggedLine[]> =>
    db.query<LoggedLine>(log, [id]),
};
