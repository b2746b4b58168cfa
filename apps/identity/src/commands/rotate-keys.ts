import { newSigningKey } from "@cartwright/auth/signing-key";
import type { Database } from "@cartwright/database/open-database";
import type { Tx } from "@cartwright/database/tx";
import type { Duration } from "@cartwright/kernel/duration";
import {
  recordAction,
  type Operator,
} from "@cartwright/messaging/operator-actions";
import {
  deleteKeys,
  insertNextKey,
  knownKeys,
  letSign,
  lockKeys,
} from "../db/signing-key-store.ts";
import {
  activate,
  prepare,
  remove,
  type KnownKey,
} from "../domain/rotation.ts";

/** In a transaction of the caller's: made again it is refused, so run it `once`. */
type Change = (tx: Tx, operator: Operator) => Promise<readonly KnownKey[]>;
/** `atOnce` for a key that was stolen: those who do not know the new one yet refuse its tokens meanwhile. */
type TimelyChange = (
  tx: Tx,
  operator: Operator,
  options: { readonly atOnce: boolean },
) => Promise<readonly KnownKey[]>;

/** Changes the key that tokens are signed with, in three steps with waits between; each answers what there is then. */
export type RotateKeys = {
  /** What others need at most until they know of a change. */
  readonly wait: Duration;
  list(): Promise<readonly KnownKey[]>;
  /** Makes a key that is published and does not sign. */
  readonly prepare: Change;
  /** Lets it sign; the one before is retired, and still believed. */
  readonly activate: TimelyChange;
  /** Removes retired keys: nobody believes them any more. */
  readonly remove: TimelyChange;
};

export function rotateKeys(db: Database, wait: Duration): RotateKeys {
  return {
    wait,
    list: () => knownKeys(db),
    prepare: (tx, operator) =>
      change(tx, "prepare", operator, async (keys) => {
        prepare(keys);
        const key = await newSigningKey();
        await insertNextKey(tx, key);
        return key.kid;
      }),
    activate: (tx, operator, { atOnce }) =>
      change(tx, "activate", operator, async (keys) => {
        const { kid } = activate(keys, atOnce ? 0 : wait);
        await letSign(tx, kid);
        return kid;
      }),
    remove: (tx, operator, { atOnce }) =>
      change(tx, "remove", operator, async (keys) => {
        const kids = remove(keys, atOnce ? 0 : wait).map(({ kid }) => kid);
        await deleteKeys(tx, kids);
        return kids.join(" ");
      }),
  };
}

type Step = (keys: readonly KnownKey[]) => Promise<string>;

/** One change at a time, kept with who made it and why; `work` answers what it was made to. */
async function change(
  tx: Tx,
  step: string,
  operator: Operator,
  work: Step,
): Promise<readonly KnownKey[]> {
  await lockKeys(tx);
  const before = await knownKeys(tx);
  const target = await work(before);
  const after = await knownKeys(tx);
  recordAction(tx, {
    ...{ operator, action: `signing-keys.${step}`, target },
    ...{ before: statuses(before), after: statuses(after) },
  });
  return after;
}

const statuses = (keys: readonly KnownKey[]) =>
  Object.fromEntries(keys.map(({ kid, status }) => [kid, status]));
