import type { Message } from "@cartwright/contracts/message";
import { admit, type AdmissionState } from "../admission.ts";
import type { Consumer } from "../handle-records.ts";
import { decode, type Decoded, type Unreadable } from "../wire.ts";
import type { DeadLetter } from "./dead-letter.ts";

/** What comes next of a queue, and what is to be done with it. */
export type Next =
  | { readonly verdict: "unreadable"; readonly why: Unreadable }
  /** `drop`: it was handled before, or nobody here handles its type. */
  | { readonly verdict: "handle" | "drop"; readonly message: Message };

/**
 * The first message of a queue that waits for no missing one, as the consumer's gate sees it; or,
 * with `acceptGap`, the first that does. Undefined when all of them wait.
 */
export function nextInQueue(
  letters: readonly DeadLetter[],
  consumer: Pick<Consumer, "handled" | "isSequenced" | "beganAt">,
  lasts: ReadonlyMap<string, number>,
  { acceptGap }: { readonly acceptGap: boolean },
): (Next & { readonly letter: DeadLetter }) | undefined {
  const { handled, isSequenced, beganAt } = consumer;
  const state: Omit<AdmissionState, "unseen"> = {
    ...{ handled, isSequenced, lasts, consumerBeganAt: beganAt },
    parkedKeys: new Map(),
    parkedTypes: new Map(),
    discarded: new Set(),
    behindOthers: new Set(),
  };
  const decoded = letters.map(({ record }) => decode(record, handled));
  for (const [index, one] of decoded.entries()) {
    const next = verdictOn(one, decoded.slice(0, index + 1), state);
    const letter = letters[index];
    if (next && letter) return { ...next, letter };
  }
  const [first] = decoded;
  const [letter] = letters;
  if (!acceptGap || !letter || !first || !("message" in first))
    return undefined;
  const { message } = first;
  const verdict = handled.has(message.type) ? "handle" : "drop";
  return { verdict, message, letter };
}

/** On the last of `upTo`, when all before it wait; undefined when it waits like them. */
function verdictOn(
  one: Decoded,
  upTo: readonly Decoded[],
  state: Omit<AdmissionState, "unseen">,
): Next | undefined {
  if ("unreadable" in one)
    return { verdict: "unreadable", why: one.unreadable };
  const messages = upTo.flatMap((item) =>
    "message" in item ? [item.message] : [],
  );
  const { admitted, parked } = admit(upTo, {
    ...state,
    unseen: new Set(messages),
  });
  if (parked.some(({ record }) => record === one.record)) return undefined;
  const { message } = one;
  return { verdict: admitted.includes(message) ? "handle" : "drop", message };
}
