import {
  statement,
  type NamedStatement,
  type Tx,
} from "@cartwright/database/tx";

const lockLast = statement(
  "sequences-lock",
  `SELECT subject, last FROM sequences
   WHERE consumer = $1 AND subject = ANY ($2::text[]) ORDER BY subject FOR UPDATE`,
);

const insert = `INSERT INTO sequences (consumer, subject, last)
   SELECT $1, subject, last FROM unnest($2::text[], $3::int[]) AS rows (subject, last) ORDER BY subject`;

const insertOrRaise = `${insert}
   ON CONFLICT (consumer, subject) DO UPDATE SET last = greatest(sequences.last, EXCLUDED.last)`;

const saveLast = statement("sequences-save", insertOrRaise);

/** Of subjects that had no row, and hardly ever have one by now: looking for it is half of what a row costs. */
const saveFirst: NamedStatement = {
  ...statement("sequences-save-first", insertOrRaise),
  optimistic: statement("sequences-save-first-optimistic", insert),
};

/** Fewer rows save less than another statement costs. */
const worthAStatement = 30;

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

/** Saves the last sequence number of each subject; none falls back. */
export function saveSequences(
  tx: Tx,
  consumer: string,
  lasts: ReadonlyMap<string, number>,
): void {
  save(tx, saveLast, consumer, [...lasts]);
}

/** The same where it is known, from `lockSequences`, which subjects have a row. */
export function advanceSequences(
  tx: Tx,
  consumer: string,
  lasts: ReadonlyMap<string, number>,
  before: ReadonlyMap<string, number>,
): void {
  const [first, later] = [
    [...lasts].filter(([subject]) => !before.has(subject)),
    [...lasts].filter(([subject]) => before.has(subject)),
  ];
  if (later.length > 0 && first.length < worthAStatement)
    save(tx, saveLast, consumer, [...lasts]);
  else {
    save(tx, saveLast, consumer, later);
    save(tx, saveFirst, consumer, first);
  }
}

function save(
  tx: Tx,
  saving: NamedStatement,
  consumer: string,
  lasts: readonly (readonly [subject: string, last: number])[],
): void {
  if (lasts.length === 0) return;
  tx.send(saving, [
    consumer,
    lasts.map(([subject]) => subject),
    lasts.map(([, last]) => last),
  ]);
}
