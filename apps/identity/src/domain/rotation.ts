import type { Duration } from "@cartwright/kernel/duration";
import { Refusal } from "@cartwright/kernel/refusal";

/** A signing key as everybody may know it: `next` is published before it signs, `retired` after. */
export type KnownKey = {
  readonly kid: string;
  readonly status: "next" | "active" | "retired";
  /** When it was made or, of a retired one, when it signed last. */
  readonly since: Date;
  /** How long ago that was, by the database's clock. */
  readonly age: Duration;
};

/** Refuses a second key that waits: which of them would sign? */
export function prepare(keys: readonly KnownKey[]): void {
  const next = keys.find(({ status }) => status === "next");
  if (next)
    throw new Refusal(
      "next-key-waits",
      "A key waits already: let it sign before you make another.",
      { kid: next.kid },
    );
}

/** The key that waits and may sign now. Others know a new one after `wait`. */
export function activate(keys: readonly KnownKey[], wait: Duration): KnownKey {
  const next = keys.find(({ status }) => status === "next");
  if (!next)
    throw new Refusal("no-next-key", "No key waits: make one, and wait.");
  refuseBefore(wait, next, "Who checks tokens may not know this key yet.");
  return next;
}

/** The keys that need not be believed any more: `wait` after they signed last. */
export function remove(
  keys: readonly KnownKey[],
  wait: Duration,
): readonly KnownKey[] {
  const retired = keys.filter(({ status }) => status === "retired");
  if (retired.length === 0)
    throw new Refusal("no-retired-key", "No key has been retired.");
  for (const key of retired)
    refuseBefore(wait, key, "There may be tokens that this key has signed.");
  return retired;
}

function refuseBefore(wait: Duration, key: KnownKey, why: string): void {
  if (key.age >= wait) return;
  const earliest = new Date(key.since.getTime() + wait).toISOString();
  throw new Refusal("too-early", `${why} Wait until ${earliest}.`, {
    kid: key.kid,
    earliest,
  });
}
