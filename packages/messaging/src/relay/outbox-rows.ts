import { statement, type Queryable } from "@cartwright/database/tx";
import type { Lease } from "../lease.ts";
import type { Sight } from "../outbox-floor.ts";

export type OutboxRow = {
  readonly position: number;
  readonly subject: string;
  readonly topic: string;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly payload: string;
};

/** What to delete, and what to read. */
export type Exchange = {
  /** Positions, ascending. */
  readonly published: readonly number[];
  readonly limit: number;
  /** Only rows above it are read. */
  readonly floor: number;
  /** Subjects whose rows stay where they are. */
  readonly blocked: readonly string[];
  /** A row with a larger payload is read without it. */
  readonly largestPayload: number;
};

/** A row as it is read first; `bytes` are of its headers and payload. */
export type ListedRow = Omit<OutboxRow, "payload"> & {
  readonly payload: string | null;
  readonly bytes: number;
};

/** What an exchange has read. */
export type Reading = {
  readonly rows: readonly ListedRow[];
  /** None when the lease was gone. */
  readonly sight: Sight | undefined;
};

/**
 * Deletes what was just published and reads what comes next, in one statement and only under the
 * lease's token. Rows, not a cursor: a row that commits late is simply read later. The floor spares a
 * walk over the index entries of rows deleted before, the comparison with the last one published a search
 * among all of them for each row behind it (half the time of a full batch). The commit does not wait for
 * the disk: should the server lose it, the rows are published again, which the inbox absorbs.
 */
const exchange = statement(
  "relay-exchange",
  `WITH held AS (
     SELECT set_config('synchronous_commit', 'off', true) FROM leases
     WHERE name = 'relay' AND holder = $1 AND token = $2 AND expires_at > now()
   ), deleted AS (
     DELETE FROM outbox WHERE position = ANY ($3::bigint[]) AND EXISTS (SELECT FROM held)
   )
   SELECT (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint) AS "endedBefore",
     CASE WHEN cardinality($3::bigint[]) > 0 THEN (SELECT pg_current_xact_id()::text::bigint) END AS "begunBefore",
     next.*
   FROM held LEFT JOIN (
     SELECT position, subject, topic, key, headers,
       CASE WHEN octet_length(payload) <= $7 THEN payload END AS payload,
       octet_length(headers::text) + octet_length(payload) AS bytes FROM outbox
     WHERE position > $5 AND subject <> ALL ($6::text[])
       AND (position > ($3::bigint[])[cardinality($3::bigint[])] OR position <> ALL ($3::bigint[]))
     ORDER BY position LIMIT $4
   ) AS next ON true ORDER BY position`,
);

const payloads = statement(
  "relay-payloads",
  `SELECT position, payload FROM outbox WHERE position = ANY ($1::bigint[])`,
);

const failedSubjects = statement(
  "relay-failed-subjects",
  `SELECT DISTINCT subject FROM outbox WHERE failure IS NOT NULL`,
);

const setAside = statement(
  "relay-set-aside",
  `UPDATE outbox SET failure = refused.reason
   FROM unnest($3::bigint[], $4::text[]) AS refused (position, reason)
   WHERE outbox.position = refused.position AND EXISTS (
     SELECT FROM leases WHERE name = 'relay' AND holder = $1 AND token = $2 AND expires_at > now())`,
);

type Holder = Pick<Lease, "holder" | "token">;

/** The relay's SQL. Nothing is deleted, changed or read for publishing under an outdated token. */
export const outboxRows = {
  async exchange(
    db: Queryable,
    { holder, token }: Holder,
    { published, limit, floor, blocked, largestPayload }: Exchange,
  ): Promise<Reading> {
    const found = await db.query<Sight & (ListedRow | { position: null })>(
      exchange,
      [holder, token, published, limit, floor, blocked, largestPayload],
    );
    const rows = found.filter((row) => row.position !== null);
    return { rows, sight: found[0] };
  },

  /** Of those of these rows that are still there. */
  async payloads(
    db: Queryable,
    positions: readonly number[],
  ): Promise<ReadonlyMap<number, string>> {
    const rows = await db.query<Pick<OutboxRow, "position" | "payload">>(
      payloads,
      [positions],
    );
    return new Map(rows.map(({ position, payload }) => [position, payload]));
  },

  /** Those in which a row waits for an operator. */
  async failedSubjects(db: Queryable): Promise<string[]> {
    const rows = await db.query<{ subject: string }>(failedSubjects);
    return rows.map(({ subject }) => subject);
  },

  async setAside(
    db: Queryable,
    { holder, token }: Holder,
    refused: readonly { readonly position: number; readonly reason: string }[],
  ): Promise<void> {
    await db.query(setAside, [
      holder,
      token,
      refused.map(({ position }) => position),
      refused.map(({ reason }) => reason),
    ]);
  },
};
