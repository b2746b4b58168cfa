import { contracts } from "@cartwright/contracts/catalogue";
import { statement, type Tx } from "@cartwright/database/tx";

/** Which events: those of one key, or of a span of time, or both; `from` and `before` are ids. */
export type Selection = {
  readonly key?: string | undefined;
  readonly topic?: string | undefined;
  /** The smallest id that is wanted. */
  readonly from: string;
  /** Smaller than this one. */
  readonly before: string;
  /** The last one that was published again before. */
  readonly after?: string | undefined;
};

export type Republished = {
  readonly events: number;
  /** The id of the last one, where there may be more. */
  readonly last: string | null;
};

/**
 * Back into the outbox, to the topics they came from, as they were, but for their trace, which has ended.
 * By id and so by time; and the events of a subject by their numbers, whatever the clocks of two
 * replicas made of their ids.
 */
const append = statement(
  "archive-republish",
  `WITH page AS (
     SELECT event.*, topic FROM event_archive AS event
     JOIN unnest($1::text[], $2::text[]) AS topics (type, topic) USING (type)
     WHERE id >= $3::uuid AND id < $4::uuid AND ($5::uuid IS NULL OR id > $5)
       AND ($6::text IS NULL OR key = $6)
     ORDER BY id LIMIT $7
   ), appended AS (
     INSERT INTO outbox (id, subject, type, topic, key, headers, payload)
     SELECT id, subject, type, topic, key, json_strip_nulls(json_build_object(
         'ce_id', id, 'ce_type', type, 'ce_source', source, 'ce_subject', subject,
         'ce_time', to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
         'ce_sequence', sequence::text, 'ce_correlationid', correlation_id,
         'ce_causationid', causation_id, 'ce_commandid', command_id)), data::text
     FROM page
     ORDER BY min(id::text COLLATE "C") OVER (
       PARTITION BY subject ORDER BY sequence ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
     ), sequence
   )
   SELECT count(*) AS events, max(id::text COLLATE "C") AS last FROM page`,
);

const published = contracts.filter(({ kind }) => kind === "event");

/**
 * Publishes events again with their own ids: whoever had them drops them, whoever missed them takes them.
 * At most `limit`, so that no transaction grows with the archive.
 */
export async function republish(
  tx: Tx,
  { key, topic, from, before, after }: Selection,
  limit: number,
): Promise<Republished> {
  const wanted = published.filter(
    (contract) => topic === undefined || contract.topic === topic,
  );
  const [row] = await tx.query<Republished>(append, [
    wanted.map(({ type }) => type),
    wanted.map((contract) => contract.topic),
    ...[from, before, after ?? null, key ?? null, limit],
  ]);
  const { events = 0, last = null } = row ?? {};
  return { events, last: events === limit ? last : null };
}
