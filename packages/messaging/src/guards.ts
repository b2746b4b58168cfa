import { statement, type Tx } from "@cartwright/database/tx";
import { lockParkedKeys, type ParkReason } from "./parked.ts";
import { lockSequences } from "./sequences.ts";

/** What holds messages back. */
export type Guards = {
  readonly parkedKeys: ReadonlyMap<string, ParkReason>;
  /** The last sequence number seen of each subject. */
  readonly lasts: ReadonlyMap<string, number>;
};

/**
 * Locks the sequences only where no key is parked. Whoever has locked a parked key may be about to write a
 * sequence for the first time, and a statement that waits for the key does not see that row: its snapshot is older.
 */
const lockUnlessParked = statement(
  "guards-lock",
  `WITH parked AS MATERIALIZED (
     SELECT key FROM parked_keys WHERE consumer = $1 AND key = ANY ($2::text[])
   ), numbered AS MATERIALIZED (
     SELECT subject, last FROM sequences
     WHERE consumer = $1 AND subject = ANY ($3::text[]) AND NOT EXISTS (SELECT FROM parked)
     ORDER BY subject FOR UPDATE
   )
   SELECT key AS "parkedKey", NULL AS subject, NULL::int AS last FROM parked
   UNION ALL SELECT NULL, subject, last FROM numbered`,
);

type Row =
  | { readonly parkedKey: string }
  | {
      readonly parkedKey: null;
      readonly subject: string;
      readonly last: number;
    };

/**
 * Which of the keys are parked and how far the subjects are, both locked: keys before subjects, as everybody
 * locks them. One statement where nothing is parked, which is nearly always.
 */
export async function lockGuards(
  tx: Tx,
  consumer: string,
  keys: readonly string[],
  subjects: readonly string[],
): Promise<Guards> {
  if (subjects.length > 0) {
    const rows = await tx.query<Row>(lockUnlessParked, [
      consumer,
      keys,
      subjects,
    ]);
    const numbered = rows.flatMap((row) =>
      row.parkedKey === null ? [[row.subject, row.last] as const] : [],
    );
    if (numbered.length === rows.length)
      return { parkedKeys: new Map(), lasts: new Map(numbered) };
  }
  const [parkedKeys, lasts] = await Promise.all([
    lockParkedKeys(tx, consumer, keys),
    lockSequences(tx, consumer, subjects),
  ]);
  return { parkedKeys, lasts };
}
