import type { Transact } from "@cartwright/database/tx";

/** Runs work in a transaction that has no database behind it: nothing is found, kept or committed. */
export const noTransaction: Transact = async (work) =>
  work({
    query: () => Promise.resolve([]),
    send: () => undefined,
    afterCommit: () => undefined,
    afterGivingUp: () => undefined,
  });
