import type { Queryable, Tx } from "@cartwright/database/tx";
import type { SagaId } from "./instance.ts";

/** Runs for which there is something to be done without anybody asking. */
export type RunClaim = {
  /** Does up to `limit` of it, to the runs `among` if they are given; returns how many times it was done. */
  take(tx: Tx, limit: number, among?: readonly SagaId[]): Promise<number>;
  /** Up to `limit` runs of which `take` would take something. */
  candidates(db: Queryable, limit: number): Promise<SagaId[]>;
};
