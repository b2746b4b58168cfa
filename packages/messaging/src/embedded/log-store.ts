import {
  statement,
  type Queryable,
  type Statement,
  type Tx,
} from "@cartwright/database/tx";
import type { BusRecord, ReceivedRecord } from "../bus.ts";

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

const columns = `position, topic, key, headers, value, written_at::text AS "writtenAt"`;

/** Appends what `taken` holds (place, topic, key, headers, payload), which `sources` define. */
const appending = (sources: string): string =>
  `WITH ${sources}, advanced AS (
     UPDATE bus.sequencer SET last = last + (SELECT count(*) FROM taken)
     WHERE EXISTS (SELECT FROM taken) RETURNING last
   )
   INSERT INTO bus.log (position, topic, key, headers, value)
   SELECT last - (SELECT count(*) FROM taken) + place, topic, key, headers, payload
   FROM taken, advanced ORDER BY place
   RETURNING ${columns}`;

const published = statement(
  "bus-publish",
  appending(
    `taken AS (
       SELECT place, topic, key, headers, payload
       FROM unnest($1::text[], $2::text[], $3::json[], $4::text[])
         WITH ORDINALITY AS records (topic, key, headers, payload, place)
     )`,
  ),
);

/** Moves the oldest rows of some outboxes into the log in one statement, each outbox in its order. */
function moving(schemas: readonly string[]): Statement {
  const moved = schemas.map((schema, index) => {
    const outbox = `"${schema}".outbox`;
    return `moved_${index} AS (
       DELETE FROM ${outbox} WHERE position IN (
         SELECT position FROM ${outbox} ORDER BY position LIMIT ${perOutbox})
       RETURNING ${index} AS source, position, topic, key, headers, payload)`;
  });
  const rows = schemas.map((_, index) => `SELECT * FROM moved_${index}`);
  return statement(
    `bus-move-${statements.size}`,
    appending(
      `${moved.join(", ")}, taken AS (
         SELECT row_number() OVER (ORDER BY source, position) AS place, topic, key, headers, payload
         FROM (${rows.join(" UNION ALL ")}) AS rows)`,
    ),
  );
}

const statements = new Map<string, Statement>();

/** Moves rows of the outboxes in these schemas; the entries they became. */
export async function moveOutboxes(
  db: Queryable,
  schemas: readonly string[],
): Promise<LogEntry[]> {
  const name = schemas.join();
  const move = statements.get(name) ?? moving(schemas);
  statements.set(name, move);
  return (await db.query<LogRow>(move)).map(entryOf);
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
  return rows.map(entryOf);
}

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
     SELECT ${columns} FROM bus.log
     WHERE position > $1 AND topic = ANY ($2::text[]) ORDER BY position LIMIT $3
   ) AS entries ON true ORDER BY position`,
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

/** Moves the group's cursors past the entry. Not awaited by the transaction, whose commit fails with it. */
export function settle(tx: Queryable, group: string, last: LogEntry) {
  return tx.query(settling, [group, last.position, last.writtenAt]);
}

const looking = statement(
  "bus-look",
  `SELECT last AS "end" FROM bus.sequencer`,
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
