import { statement, type Tx } from "@cartwright/database/tx";
import { derivedId } from "@cartwright/kernel/ids";
import type { ReceivedRecord } from "./bus.ts";
import type { Decoded } from "./wire.ts";

/*
 * A message that nobody can read has no place in the inbox, which is asked for what can be read. What an
 * operator has discarded stands among the commands, under an id of its own and an attempt that no command has,
 * and is forgotten with them.
 */

const remember = statement(
  "discarded-remember",
  `INSERT INTO command_inbox (consumer, command_id, attempt) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING`,
);

const find = statement(
  "discarded-find",
  `SELECT command_id AS id FROM command_inbox
   WHERE consumer = $1 AND command_id = ANY ($2::uuid[]) AND attempt = 0`,
);

/** The same for every delivery of one message: by its id, or by its place where it has none, and by what it says. */
const identityOf = ({ headers, position, value }: ReceivedRecord): string => {
  const { ce_id: id, ce_attempt: attempt = "" } = headers;
  return derivedId(
    "discarded",
    id === undefined ? position : `${id}#${attempt}`,
    value,
  );
};

/** From now on the record is dropped when it is delivered again. */
export function rememberDiscarded(
  tx: Tx,
  consumer: string,
  record: ReceivedRecord,
): void {
  tx.send(remember, [consumer, identityOf(record)]);
}

/** Those among the records that cannot be read and were discarded before. */
export async function discardedAmong(
  tx: Tx,
  consumer: string,
  records: readonly Decoded[],
): Promise<ReadonlySet<ReceivedRecord>> {
  const unreadable = records.flatMap((one) =>
    "unreadable" in one ? [one.record] : [],
  );
  if (unreadable.length === 0) return new Set();
  const rows = await tx.query<{ id: string }>(find, [
    consumer,
    unreadable.map(identityOf),
  ]);
  const ids = new Set(rows.map(({ id }) => id));
  return new Set(unreadable.filter((record) => ids.has(identityOf(record))));
}
