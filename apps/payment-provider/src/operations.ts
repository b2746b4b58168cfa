import { groupCommit } from "@cartwright/database/group-commit";
import type { Queryable, Transact, Tx } from "@cartwright/database/tx";
import type { Clock } from "@cartwright/kernel/clock";
import type { Duration } from "@cartwright/kernel/duration";
import { noTurns } from "@cartwright/kernel/turns";
import { authorizationStore } from "./db/authorization-store.ts";
import { ledger, type Movement } from "./db/ledger.ts";
import {
  decide,
  type Authorization,
  type Operation,
} from "./domain/authorization.ts";

export type OperationResult = {
  /** As it is now; undefined when there is none under the key. */
  readonly authorization: Authorization | undefined;
  readonly refusal?: string;
  /** Whether this request made it. */
  readonly created: boolean;
};

/** Carries out operations, those that arrive together in one transaction. */
export function operationsOf(options: {
  readonly db: Queryable & { readonly transaction: Transact };
  readonly clock: Clock;
  readonly delay: Duration;
}): (operation: Operation) => Promise<OperationResult> {
  const { db, clock, delay } = options;
  return groupCommit({
    maxGroup: 200,
    inFlight: 2,
    turn: noTurns, // even in the shop's process it is somebody else
    run: (operations) =>
      db.transaction((tx) =>
        carryOut(tx, operations, { at: clock.now(), delay }),
      ),
  });
}

async function carryOut(
  tx: Tx,
  operations: readonly Operation[],
  settings: Parameters<typeof decide>[2],
): Promise<OperationResult[]> {
  const before = await authorizationStore.loadMany(
    tx,
    operations.map(({ key }) => key),
  );
  const now = new Map(before);
  const movements: Movement[] = [];
  const results = operations.map((operation): OperationResult => {
    const known = now.get(operation.key);
    const { movement, ...rest } = decide(known, operation, settings);
    const { authorization } = rest;
    if (authorization) now.set(operation.key, authorization);
    if (authorization && movement)
      movements.push({ authorization, kind: movement });
    return {
      ...rest,
      created: known === undefined && authorization !== undefined,
    };
  });
  const touched = [...now.values()].filter(
    (one) => one !== before.get(one.key),
  );
  authorizationStore.insertMany(
    tx,
    touched.filter(({ key }) => !before.has(key)),
  );
  authorizationStore.updateMany(
    tx,
    touched.filter(({ key }) => before.has(key)),
  );
  ledger.post(tx, movements);
  return results;
}
