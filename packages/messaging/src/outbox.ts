import type { Cause, Draft } from "@cartwright/contracts/message";
import type { Tx } from "@cartwright/database/tx";

/** A drafted message on its way into the outbox. */
export type Outgoing = {
  readonly draft: Draft;
  /** Taken from the aggregate's row under its lock: 1, 2, 3 … per subject, without gaps. */
  readonly sequence: number;
  readonly cause: Cause;
  /** A command's derived id; events get a new one. */
  readonly id?: string;
  /** Commands only: which sending this is, from 1. */
  readonly attempt?: number;
};

/** Where a service's messages wait, in the transaction of their cause, until the relay has published them. */
export type Outbox = {
  append(tx: Tx, messages: readonly Outgoing[]): void;
};
