import { statement, type Queryable } from "@cartwright/database/tx";

/** What waits in a service to be published, or for a person. */
export type Backlog = {
  readonly outbox: {
    readonly waiting: number;
    /** Seconds since the oldest row was written; null when nothing waits. */
    readonly oldestAge: number | null;
    /** Those among them that the bus refused for good. */
    readonly failed: number;
  };
  /** Who publishes, by the lease; null where the bus itself reads the outbox. */
  readonly relay: { readonly holder: string; readonly expiresAt: Date } | null;
  readonly parked: { readonly keys: number; readonly messages: number };
};

const counting = statement(
  "backlog",
  `SELECT (SELECT count(*) FROM outbox) AS waiting,
     (SELECT extract(epoch FROM clock_timestamp() - created_at)::float8 FROM outbox ORDER BY position LIMIT 1) AS "oldestAge",
     (SELECT count(*) FROM outbox WHERE failure IS NOT NULL) AS failed,
     (SELECT count(*) FROM parked_keys) AS keys, (SELECT count(*) FROM parked_messages) AS messages`,
);

const leading = statement(
  "backlog-relay",
  `SELECT holder, expires_at AS "expiresAt" FROM leases WHERE name = 'relay'`,
);

export async function backlogOf(db: Queryable): Promise<Backlog> {
  const [[row], [relay]] = await Promise.all([
    db.query<{
      waiting: number;
      oldestAge: number | null;
      failed: number;
      keys: number;
      messages: number;
    }>(counting),
    db.query<{ holder: string; expiresAt: Date }>(leading),
  ]);
  const { waiting = 0, oldestAge = null, failed = 0 } = row ?? {};
  const { keys = 0, messages = 0 } = row ?? {};
  return {
    outbox: { waiting, oldestAge, failed },
    relay: relay ?? null,
    parked: { keys, messages },
  };
}
