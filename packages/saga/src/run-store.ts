import { statement, type Queryable, type Tx } from "@cartwright/database/tx";
import type { Duration } from "@cartwright/kernel/duration";
import type { SagaId, SagaInstance, SagaLogLine } from "./instance.ts";
import { remembering, type Progress } from "./memory-reads.ts";
import { progress } from "./saga-store.ts";

const due = statement(
  "saga-due",
  `SELECT id FROM saga_instances AS saga
   WHERE wake_at <= now() AND deadline <= now() AND saga || '#' || version = ANY ($2::text[])
   ORDER BY wake_at LIMIT $1`,
);

const lockDueAmong = statement(
  "saga-lock-due-among",
  `SELECT ${progress}, (extract(epoch FROM now() - step_since) * 1000)::float8 AS waited
   FROM saga_instances AS saga WHERE id = ANY ($1::uuid[]) AND deadline <= now()
   ORDER BY id FOR UPDATE SKIP LOCKED`,
);

/** Nothing of what the run remembers is asked for: that may be what is wrong with it. */
const setAside = statement(
  "saga-set-aside",
  `WITH before AS (
     SELECT id, status <> 'stuck' AS is_news, greatest(deadline, now() + $2 * interval '1 millisecond') AS due_at
     FROM saga_instances WHERE id = $1 AND step IS NOT NULL FOR UPDATE
   )
   UPDATE saga_instances AS saga SET status = 'stuck', reason = coalesce(saga.reason, 'turn-failed'),
     logged = saga.logged + is_news::int, deadline = due_at, wake_at = due_at
   FROM before WHERE saga.id = before.id
   RETURNING saga.id AS "sagaId", saga.logged AS sequence, saga.step, is_news AS "isNews"`,
);

type SetAside = Pick<SagaLogLine, "sagaId" | "sequence" | "step"> & {
  /** It was not stuck before. */
  readonly isNews: boolean;
};

/** The SQL by which runs are told apart that fail in a batch. */
export const runStore = {
  /** Runs of these `name#version`s whose deadline has passed, whoever holds them. */
  due: async (
    db: Queryable,
    limit: number,
    versions: readonly string[],
  ): Promise<SagaId[]> =>
    (await db.query<{ id: SagaId }>(due, [limit, versions])).map(
      ({ id }) => id,
    ),

  /** Those of these runs whose deadline has passed and that no other process holds; `waited` in milliseconds. */
  async lockDueAmong(
    tx: Tx,
    ids: readonly SagaId[],
  ): Promise<(SagaInstance & { readonly waited: Duration })[]> {
    const locked = await tx.query<Progress & { waited: number }>(lockDueAmong, [
      ids,
    ]);
    return remembering(tx, locked);
  },

  /**
   * Makes the run stuck, for the reason `turn-failed` unless it has one, and lets it be until `backOff`
   * has passed. Returns the place of a line in its log; undefined when it has ended meanwhile.
   */
  async setAside(
    tx: Tx,
    id: SagaId,
    backOff: Duration,
  ): Promise<SetAside | undefined> {
    const [row] = await tx.query<SetAside>(setAside, [id, backOff]);
    return row;
  },
};
