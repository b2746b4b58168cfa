import { isOverdue, isRetryable } from "@cartwright/database/is-retryable";
import { TooLate } from "./in-time.ts";

/** The bus cannot go on with a batch. */
export class BusFailure extends Error {
  override readonly name = "BusFailure";

  constructor(cause: unknown) {
    super(`The bus cannot go on: ${String(cause)}`, { cause });
  }
}

/**
 * Whether no message is to blame: the database or the bus cannot go on. Where the server has stopped a statement that took
 * too long, smaller parts may fare better.
 */
export const isNobodysFault = (error: unknown): boolean =>
  error instanceof BusFailure || (isRetryable(error) && !isOverdue(error));

/** Whether the work came to no end in time, or one of its statements: what handlers have sent may outlast them. */
export const isLate = (error: unknown): boolean =>
  error instanceof TooLate || isOverdue(error);

/** Whether it was the database that took so long. */
export const isDatabaseLate = (error: unknown): boolean =>
  isOverdue(error) || (error instanceof TooLate && error.inDatabase);
