import {
  keyNotBoundToTheUser,
  onlyP2034IsRetried,
  reserveByReadThenWrite,
} from "./database-bugs.ts";
import {
  inboxOutsideTheTransaction,
  inboxPurgedEarly,
  noInbox,
  offsetBeforeTheTransaction,
} from "./inbox-bugs.ts";
import type { PlantedBug } from "./planted-bug.ts";
import {
  chargeWithoutKey,
  compensationWithoutRetry,
  newKeyOnRetry,
  timeoutTakenForFailure,
} from "./provider-bugs.ts";
import { lastIdRelay, staleLeasePublishes, twoRelays } from "./relay-bugs.ts";

/** The mistakes that every checker of the platform must find, by name. */
export const plantedBugs = {
  "last-id-relay": lastIdRelay,
  "two-relays": twoRelays,
  "no-inbox": noInbox,
  "inbox-outside-the-transaction": inboxOutsideTheTransaction,
  "offset-before-the-transaction": offsetBeforeTheTransaction,
  "charge-without-key": chargeWithoutKey,
  "new-key-on-retry": newKeyOnRetry,
  "compensation-without-retry": compensationWithoutRetry,
  "reserve-by-read-then-write": reserveByReadThenWrite,
  "timeout-taken-for-failure": timeoutTakenForFailure,
  "stale-lease-publishes": staleLeasePublishes,
  "inbox-purged-early": inboxPurgedEarly,
  "only-p2034-is-retried": onlyP2034IsRetried,
  "key-not-bound-to-the-user": keyNotBoundToTheUser,
} as const satisfies Readonly<Record<string, () => PlantedBug>>;

export type PlantedName = keyof typeof plantedBugs;
