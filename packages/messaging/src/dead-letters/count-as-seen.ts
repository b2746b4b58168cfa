import type { Message } from "@cartwright/contracts/message";
import type { Tx } from "@cartwright/database/tx";
import type { Consumer } from "../handle-records.ts";
import { rememberDiscarded } from "../discarded.ts";
import { lockSequences, saveSequences } from "../sequences.ts";
import { decode } from "../wire.ts";
import type { DeadLetter } from "./dead-letter.ts";

/** Memory and sequence as if the message had been handled when it came. */
export async function countAsSeen(
  tx: Tx,
  { group, memory, handled, isSequenced }: Consumer,
  message: Message,
): Promise<void> {
  const { type, subject, sequence } = message;
  if (handled.has(type) && memory.hasRoomFor(message))
    await memory.unseen(tx, [message]);
  if (isSequenced(message))
    saveSequences(tx, group, new Map([[subject, sequence]]));
}

/**
 * Counts a message as seen. Of one that nobody can read it is remembered that it was discarded, and its
 * number counts where it is the one its subject waits for; a stranger's
 * number must not make the subject's own messages look old.
 */
export async function passOver(
  tx: Tx,
  consumer: Consumer,
  { record }: DeadLetter,
): Promise<void> {
  const decoded = decode(record, consumer.handled);
  if ("message" in decoded) {
    await countAsSeen(tx, consumer, decoded.message);
    return;
  }
  rememberDiscarded(tx, consumer.group, record);
  const { ce_subject: subject, ce_sequence, ce_attempt } = record.headers;
  if (subject === undefined || ce_attempt !== undefined) return;
  const lasts = await lockSequences(tx, consumer.group, [subject]);
  const next = (lasts.get(subject) ?? 0) + 1;
  if (Number(ce_sequence) === next)
    saveSequences(tx, consumer.group, new Map([[subject, next]]));
}
