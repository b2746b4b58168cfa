import { statement, type Tx } from "@cartwright/database/tx";

const lockLast = statement(
  "sequences-lock",
  `SELECT subject, last FROM sequences
   WHERE consumer = $1 AND subject = ANY ($2::text[]) ORDER BY subject FOR UPDATE`,
);

const saveLast = statement(
  "sequences-save",
  `INSERT INTO sequences (consumer, subject, last)
   SELECT $1, subject, last FROM unnest($2::text[], $3::int[]) AS rows (subject, last) ORDER BY subject
   ON CONFLICT (consumer, subject) DO UPDATE SET last = greatest(sequences.last, EXCLUDED.last)`,
);

/** The last sequence number that `consumer` has seen of each subject, locked. */
export async function lockSequences(
  tx: Tx,
  consumer: string,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (subjects.length === 0) return new Map();
  const rows = await tx.query<{ subject: string; last: number }>(lockLast, [
    consumer,
    subjects,
  ]);
  return new Map(rows.map(({ subject, last }) => [subject, last]));
}

export async function saveSequences(
  tx: Tx,
  consumer: string,
  lasts: ReadonlyMap<string, number>,
): Promise<void> {
  if (lasts.size === 0) return;
  await tx.query(saveLast, [consumer, [...lasts.keys()], [...lasts.values()]]);
}
