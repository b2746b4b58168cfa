import type { Tx } from "@cartwright/database/tx";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Consumer } from "../handle-records.ts";
import { recordAction, type Operator } from "../operator-actions.ts";
import { lockParkedKeys } from "../parked.ts";
import { passOver } from "./count-as-seen.ts";
import { deadLetterStore } from "./dead-letter-store.ts";
import { queueOf, summaryOf, type DeadLetter } from "./dead-letter.ts";
import { remove } from "./release.ts";
import { shownPayload } from "./shown-payload.ts";

/** Gives the message up for good; the audit keeps it, as far as people may see it. */
export async function discard(
  tx: Tx,
  consumer: Consumer,
  letter: DeadLetter,
  operator: Operator,
): Promise<void> {
  const letters = await lockFirst(tx, letter);
  await passOver(tx, consumer, letter);
  remove(tx, letters, letter);
  const { headers, value } = letter.record;
  recordAction(tx, {
    ...{ operator, action: "dead-letters.discard" },
    target: String(letter.id),
    before: { ...summaryOf(letter), headers, payload: shownPayload(value) },
    after: { outcome: "discarded" },
  });
}

/** The beginning of the message's queue, locked; refused unless the message is its first. */
export async function lockFirst(
  tx: Tx,
  letter: DeadLetter,
): Promise<DeadLetter[]> {
  await lockParkedKeys(tx, letter.consumer, [letter.record.key]);
  const letters = await deadLetterStore.lockQueue(tx, queueOf(letter), 2);
  const first = found(letters[0]);
  if (first.id === letter.id) return letters;
  throw new Refusal(
    "not-first",
    `Message ${first.id} of the same key came before it and must be treated first.`,
    { first: first.id },
  );
}

export function found(letter: DeadLetter | undefined): DeadLetter {
  if (letter) return letter;
  throw new Refusal("not-found", "No such message waits here (any more).");
}
