import {
  statement,
  type Queryable,
  type Statement,
  type Tx,
} from "@cartwright/database/tx";
import type { BusRecord, ReceivedRecord } from "../bus.ts";
import type { OutboxFloor, Sight } from "../outbox-floor.ts";

/** A record in the log, and when its transaction wrote it. */
export type LogEntry = {
  readonly position: number;
  readonly writtenAt: string;
  readonly record: ReceivedRecord;
};

type LogRow = BusRecord & {
  readonly position: number;
  readonly writtenAt: string;
};

export const perOutbox = 500;

/**
 * Appends what `taken` holds: place, topic, key, headers, payload, and where each row lay before, its
 * outbox (source) and position there. The `sources` define it.
 */
const appending = (sources: string): string =>
  `WITH ${sources}, advanced AS (
     UPDATE bus.sequencer SET last = last + (SELECT count(*) FROM taken)
     WHERE "only" AND EXISTS (SELECT FROM taken)
     RETURNING last - (SELECT count(*) FROM taken) AS base
   ), written AS (
     INSERT INTO bus.log (position, topic, key, headers, value)
     SELECT base + place, topic, key, headers, payload FROM taken, advanced
   )
   SELECT base + place AS position, topic, key, headers, payload AS value,
     now()::text AS "writtenAt", source, outbox_position AS "outboxPosition",
     (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint) AS "endedBefore",
     (SELECT pg_current_xact_id()::text::bigint) AS "begunBefore" FROM taken, advanced`;

const published = statement(
  "bus-publish",
  appending(
    `taken AS (
       SELECT place, topic, key, headers, payload, 0 AS source, place AS outbox_position
       FROM unnest($1::text[], $2::text[], $3::json[], $4::text[])
         WITH ORDINALITY AS records (topic, key, headers, payload, place)
     )`,
  ),
);

/** By `ctid`, which saves a search in the index for each row. */
const moved = (schema: string, source: number): string =>
  `moved_${source} AS (
     DELETE FROM "${schema}".outbox WHERE ctid = ANY (ARRAY (
       SELECT ctid FROM "${schema}".outbox WHERE position > ($1::bigint[])[${source + 1}]
       ORDER BY position LIMIT ${perOutbox}))
     RETURNING ${source} AS source, position AS outbox_position, topic, key, headers, payload)`;

function moving(schemas: readonly string[]): string {
  const rows = schemas.map((_, source) => `SELECT * FROM moved_${source}`);
  return appending(
    `${schemas.map(moved).join(", ")}, taken AS (
       SELECT row_number() OVER (ORDER BY source, outbox_position) AS place, rows.*
       FROM (${rows.join(" UNION ALL ")}) AS rows)`,
  );
}

/** One statement for each combination that occurs, numbered because Postgres cuts long names. */
const moves = new Map<string, Statement>();

function moveOf(schemas: readonly string[]): Statement {
  const key = schemas.join();
  const known = moves.get(key);
  if (known) return known;
  const made = statement(`bus-move-${moves.size}`, moving(schemas));
  moves.set(key, made);
  return made;
}

export type Source = { readonly schema: string; readonly floor: OutboxFloor };

/** Moves the oldest rows of some outboxes into the log in one statement, each outbox in its order. */
export async function moveOutboxes(
  db: Queryable,
  sources: readonly Source[],
): Promise<LogEntry[]> {
  const rows = await db.query<
    LogRow & Sight & { source: number; outboxPosition: number }
  >(moveOf(sources.map(({ schema }) => schema)), [
    sources.map(({ floor }) => floor.position),
  ]);
  const lasts = new Map<number, (typeof rows)[number]>();
  for (const row of rows) {
    const last = lasts.get(row.source) ?? row;
    if (row.outboxPosition >= last.outboxPosition) lasts.set(row.source, row);
  }
  for (const [source, last] of lasts)
    sources[source]?.floor.taken(last.outboxPosition, last);
  return entriesOf(rows);
}

export async function appendRecords(
  tx: Tx,
  records: readonly BusRecord[],
): Promise<LogEntry[]> {
  const rows = await tx.query<LogRow>(published, [
    records.map(({ topic }) => topic),
    records.map(({ key }) => key),
    records.map(({ headers }) => JSON.stringify(headers)),
    records.map(({ value }) => value),
  ]);
  return entriesOf(rows);
}

const entriesOf = (rows: readonly LogRow[]): LogEntry[] =>
  rows.map(entryOf).sort((a, b) => a.position - b.position);

const entryOf = (row: LogRow): LogEntry => ({
  position: row.position,
  writtenAt: row.writtenAt,
  record: {
    topic: row.topic,
    key: row.key,
    headers: row.headers,
    value: row.value,
    position: `log@${row.position}`,
  },
});

/** The log's end and the records are of one snapshot: nothing lies between what is returned and `end`. */
const reading = statement(
  "bus-read",
  `SELECT last AS "end", entries.* FROM bus.sequencer LEFT JOIN (
     SELECT position, topic, key, headers, value, written_at::text AS "writtenAt" FROM bus.log
     WHERE position > $1 AND topic = ANY ($2::text[]) ORDER BY position LIMIT $3
   ) AS entries ON true WHERE "only" ORDER BY position`,
);

/** The next entries of some topics, and the position up to which no other of them lies. */
export async function readLog(
  db: Queryable,
  after: number,
  topics: readonly string[],
  limit: number,
): Promise<{ readonly entries: LogEntry[]; readonly upTo: number }> {
  const rows = await db.query<(LogRow | { position: null }) & { end: number }>(
    reading,
    [after, topics, limit],
  );
  const entries = rows.filter((row) => row.position !== null).map(entryOf);
  const full = entries.length === limit;
  const upTo = full ? entries.at(-1)?.position : rows[0]?.end;
  return { entries, upTo: upTo ?? after };
}

const finding = statement(
  "bus-cursors",
  `WITH added AS (
     INSERT INTO bus.cursors ("group", topic, position)
     SELECT $1, topic, 0 FROM unnest($2::text[]) AS topic ORDER BY topic
     ON CONFLICT ("group", topic) DO NOTHING RETURNING topic, position
   )
   SELECT topic, position FROM added
   UNION ALL SELECT topic, position FROM bus.cursors WHERE "group" = $1 AND topic = ANY ($2)`,
);

/** Where the group stands in each topic; at the beginning of the log in one it meets first. */
export async function cursorsOf(
  db: Queryable,
  group: string,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await db.query<{ topic: string; position: number }>(finding, [
    group,
    topics,
  ]);
  return new Map(rows.map(({ topic, position }) => [topic, position]));
}

/**
 * Fails, by the null, when the log no longer holds the entry: the server crashed before it had
 * written it down, and what was read in memory is not what lies there now.
 */
const settling = statement(
  "bus-settle",
  `UPDATE bus.cursors SET position =
     (SELECT position FROM bus.log WHERE position = $2 AND written_at = $3::timestamptz)
   WHERE "group" = $1 AND position < $2`,
);

/** Moves the group's cursors past the entry. */
export function settle(tx: Queryable, group: string, last: LogEntry) {
  return tx.query(settling, [group, last.position, last.writtenAt]);
}

const looking = statement(
  "bus-look",
  `SELECT last AS "end" FROM bus.sequencer WHERE "only"`,
);

/** The position of the last record. */
export async function endOfLog(db: Queryable): Promise<number> {
  const [row] = await db.query<{ end: number }>(looking);
  if (row === undefined) throw new Error("bus.sequencer has lost its row.");
  return row.end;
}

/** Makes room ahead and drops what is done with; the position up to which there is room. */
export async function keepPartitions(db: Queryable): Promise<number> {
  const [row] = await db.query<{ room: number }>(
    "SELECT bus.keep_log_partitions() AS room",
  );
  return row?.room ?? 0;
}
