import { seconds, type Duration } from "@cartwright/kernel/duration";

/** The limits that every connection of ours sets (open-database.ts), and the server's own. */
export type SessionLimits = {
  readonly deadlockTimeout: Duration;
  readonly lockTimeout: Duration;
  readonly statementTimeout: Duration;
  readonly idleInTransactionTimeout: Duration;
};

export const usualLimits: SessionLimits = {
  deadlockTimeout: seconds(1),
  lockTimeout: seconds(3),
  statementTimeout: seconds(5),
  idleInTransactionTimeout: seconds(5),
};
