import { statement, type Queryable } from "@cartwright/database/tx";
import type { Duration } from "@cartwright/kernel/duration";

export type Webhook = {
  readonly id: string;
  readonly payload: string;
  /** How often it has been sent, this time included. */
  readonly calls: number;
};

/** Settling and the news of it are one statement. */
const settleDue = statement(
  "webhooks-settle-due",
  `WITH settled AS (
     UPDATE authorizations SET status = 'authorized', settles_at = NULL, updated_at = now()
     WHERE ctid = ANY (ARRAY (SELECT ctid FROM authorizations WHERE settles_at <= now()
                              ORDER BY key LIMIT 500 FOR UPDATE SKIP LOCKED))
     RETURNING key, reference, status)
   INSERT INTO webhooks (id, payload)
   SELECT gen_random_uuid(), json_build_object('type', 'authorization.settled', 'timestamp', now(),
     'data', json_build_object('key', key, 'reference', reference, 'status', status))
   FROM settled`,
);

const claimDue = statement(
  "webhooks-claim",
  `UPDATE webhooks SET due_at = now() + $2 * interval '1 millisecond', calls = calls + 1
   WHERE ctid = ANY (ARRAY (
     SELECT ctid FROM webhooks WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED))
   RETURNING id, payload, calls`,
);

const remove = statement(
  "webhooks-remove",
  `DELETE FROM webhooks WHERE id = ANY ($1::uuid[])`,
);

const postpone = statement(
  "webhooks-postpone",
  `UPDATE webhooks SET due_at = now() + $2 * interval '1 millisecond', last_failure = $3 WHERE id = $1`,
);

const nextDue = statement(
  "webhooks-next-due",
  `SELECT extract(epoch FROM least(
      (SELECT min(due_at) FROM webhooks),
      (SELECT min(settles_at) FROM authorizations WHERE settles_at IS NOT NULL)) - now())::float8 * 1000
    AS "dueIn"`,
);

/** Times are the database's, so that several senders agree. */
export const webhookStore = {
  settleDue: (db: Queryable) => db.query(settleDue),
  claimDue: (db: Queryable, limit: number, lease: Duration) =>
    db.query<Webhook>(claimDue, [limit, lease]),
  remove: (db: Queryable, ids: readonly string[]) => db.query(remove, [ids]),
  postpone: (db: Queryable, id: string, by: Duration, reason: string) =>
    db.query(postpone, [id, by, reason.slice(0, 500)]),
  /** Milliseconds until something is due; undefined when nothing is waiting. */
  async nextDue(db: Queryable): Promise<Duration | undefined> {
    const [row] = await db.query<{ dueIn: number | null }>(nextDue);
    return row?.dueIn ?? undefined;
  },
};
