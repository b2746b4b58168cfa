import { statement, type Queryable, type Tx } from "@cartwright/database/tx";
import type { ReceivedRecord } from "../bus.ts";
import type { ParkReason } from "../parked.ts";
import type { DeadLetter, Queue } from "./dead-letter.ts";

const columns = `id, consumer, key, position, topic, headers, payload, reason, detail,
  parked_at AS "parkedAt", requeues`;

const matching = `($1::text IS NULL OR consumer = $1) AND ($2::text IS NULL OR key = $2)
  AND ($3::text IS NULL OR headers ->> 'ce_type' = $3) AND ($4::text IS NULL OR reason = $4)`;

const page = statement(
  "dead-letters-page",
  `SELECT ${columns} FROM parked_messages WHERE ${matching} AND id > $5 ORDER BY id LIMIT $6`,
);

const find = statement(
  "dead-letters-find",
  `SELECT ${columns} FROM parked_messages WHERE id = $1`,
);

/** Of a key in the order it came; what has no key stands alone. */
const queue = statement(
  "dead-letters-queue",
  `SELECT ${columns} FROM parked_messages
   WHERE consumer = $1 AND key = $2 AND ($2 <> '' OR id = $3)
   ORDER BY id LIMIT $4 FOR UPDATE`,
);

const queues = statement(
  "dead-letters-queues",
  `SELECT consumer, key, min(id) AS first FROM parked_messages WHERE ${matching}
   GROUP BY consumer, key, CASE WHEN key = '' THEN id END ORDER BY max(requeues), first LIMIT $5`,
);

const count = statement(
  "dead-letters-count",
  `SELECT count(*)::int AS count FROM parked_messages WHERE ${matching}`,
);

const noteFailure = statement(
  "dead-letters-note-failure",
  `UPDATE parked_messages SET reason = $2, detail = $3, requeues = requeues + 1 WHERE id = $1`,
);

const setKeyReason = statement(
  "dead-letters-key-reason",
  `UPDATE parked_keys SET reason = $3 WHERE consumer = $1 AND key = $2 AND reason <> $3`,
);

export type DeadLetterFilter = {
  readonly consumer?: string | undefined;
  readonly key?: string | undefined;
  readonly type?: string | undefined;
  readonly reason?: ParkReason | undefined;
};

type Row = Omit<DeadLetter, "record"> &
  Omit<ReceivedRecord, "value"> & { readonly payload: string };

const filterValues = ({ consumer, key, type, reason }: DeadLetterFilter) => [
  consumer ?? null,
  key ?? null,
  type ?? null,
  reason ?? null,
];

/** The SQL of messages that wait for an operator. */
export const deadLetterStore = {
  /** In the order they were set aside; `after` is the last id of the page before. */
  page: async (
    db: Queryable,
    filter: DeadLetterFilter,
    { after, limit }: { readonly after: number; readonly limit: number },
  ): Promise<DeadLetter[]> =>
    (await db.query<Row>(page, [...filterValues(filter), after, limit])).map(
      letterOf,
    ),

  async find(db: Queryable, id: number): Promise<DeadLetter | undefined> {
    const [row] = await db.query<Row>(find, [id]);
    return row && letterOf(row);
  },

  /** What waits in the queue, locked; at most `limit`. */
  lockQueue: async (
    tx: Tx,
    { consumer, key, first }: Queue,
    limit: number,
  ): Promise<DeadLetter[]> =>
    (await tx.query<Row>(queue, [consumer, key, first, limit])).map(letterOf),

  /** The queues in which something matches: first those that were seldom tried, then by their oldest match. */
  queues: (
    db: Queryable,
    filter: DeadLetterFilter,
    limit: number,
  ): Promise<Queue[]> =>
    db.query<Queue>(queues, [...filterValues(filter), limit]),

  async count(db: Queryable, filter: DeadLetterFilter): Promise<number> {
    const [row] = await db.query<{ count: number }>(
      count,
      filterValues(filter),
    );
    return row?.count ?? 0;
  },

  noteFailure(
    tx: Tx,
    { id, consumer, record }: DeadLetter,
    { reason, detail }: Pick<DeadLetter, "reason" | "detail">,
  ): void {
    tx.send(noteFailure, [id, reason, detail]);
    tx.send(setKeyReason, [consumer, record.key, reason]);
  },

  /** Whatever brings the missing message lets the key go. */
  waitForMissing(tx: Tx, { consumer, key }: Queue): void {
    tx.send(setKeyReason, [consumer, key, "sequence-gap"]);
  },
};

const letterOf = ({
  key,
  position,
  topic,
  headers,
  payload,
  ...letter
}: Row): DeadLetter => ({
  ...letter,
  record: { key, position, topic, headers, value: payload },
});
