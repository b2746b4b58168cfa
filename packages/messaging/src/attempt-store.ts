import type { Cause } from "@cartwright/contracts/message";
import {
  insertUnlessThere,
  statement,
  type Queryable,
  type Tx,
} from "@cartwright/database/tx";
import type { Duration } from "@cartwright/kernel/duration";
import type { Attempt, NewAttempt } from "./attempts.ts";

const insert = insertUnlessThere(
  "attempts-insert",
  (onConflict) =>
    `INSERT INTO attempts (id, kind, subject_id, request, cause, due_at, calls)
     SELECT id, kind, subject_id, request, cause, now() + delay * interval '1 millisecond', calls
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::json[], $5::json[], $6::int[], $7::int[])
       AS rows (id, kind, subject_id, request, cause, delay, calls) ORDER BY id
     ${onConflict} RETURNING id`,
);

/*
 * Rows come and go: a plan made in a moment when there are none must still hold when thousands wait. So
 * none of these joins, which could be a scan of the whole table for each row that is sought.
 */

const claim = statement(
  "attempts-claim",
  `UPDATE attempts SET due_at = now() + $2 * interval '1 millisecond', calls = calls + 1
   WHERE ctid = ANY (ARRAY (
     SELECT ctid FROM attempts WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED))
   RETURNING id, kind, subject_id AS "subjectId", request, cause, calls - 1 AS calls`,
);

const remove = statement(
  "attempts-remove",
  `DELETE FROM attempts WHERE id = ANY ($1::uuid[]) RETURNING id`,
);

const postpone = statement(
  "attempts-postpone",
  `UPDATE attempts SET due_at = now() + delay * interval '1 millisecond', last_failure = reason
   FROM unnest($1::uuid[], $2::int[], $3::text[]) AS rows (row_id, delay, reason)
   WHERE id = row_id AND id = ANY ($1::uuid[])`,
);

const hasten = statement(
  "attempts-hasten",
  `UPDATE attempts SET due_at = now()
   WHERE subject_id = ANY ($1::text[]) AND last_failure IS NOT NULL`,
);

/** The SQL of outside calls; a claim is a lease: it moves `due_at` ahead of the caller's time-out. */
export const attemptStore = {
  /** Not to be claimed before their `delay`, during which those that are `leased` are this process's. Returns the ids that were new. */
  async insert(
    tx: Tx,
    attempts: readonly (NewAttempt & {
      readonly delay: Duration;
      readonly leased: boolean;
    })[],
  ): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ id: string }>(insert, [
      attempts.map(({ id }) => id),
      attempts.map(({ kind }) => kind),
      attempts.map(({ subjectId }) => subjectId),
      attempts.map(({ request }) => JSON.stringify(request)),
      attempts.map(({ cause }) => JSON.stringify(cause)),
      attempts.map(({ delay }) => Math.round(delay)),
      attempts.map(({ leased }) => Number(leased)),
    ]);
    return new Set(rows.map(({ id }) => id));
  },

  async claim<Request>(
    db: Queryable,
    limit: number,
    lease: Duration,
  ): Promise<Attempt<Request>[]> {
    return db.query<Attempt<Request> & { cause: Cause }>(claim, [limit, lease]);
  },

  /** Returns those that were still there: another worker may have settled the others. */
  async remove(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ id: string }>(remove, [ids]);
    return new Set(rows.map(({ id }) => id));
  },

  postpone(
    tx: Tx,
    rows: readonly {
      readonly id: string;
      readonly retryIn: Duration;
      readonly reason: string;
    }[],
  ): void {
    tx.send(postpone, [
      rows.map(({ id }) => id),
      rows.map(({ retryIn }) => Math.round(retryIn)),
      rows.map(({ reason }) => reason.slice(0, 500)),
    ]);
  },

  hasten(tx: Tx, subjectIds: readonly string[]): void {
    tx.send(hasten, [subjectIds]);
  },
};
