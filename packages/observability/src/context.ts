import { AsyncLocalStorage } from "node:async_hooks";
import type { Cause } from "@cartwright/contracts/message";

const causes = new AsyncLocalStorage<Cause>();

/** The cause that the running code works for, if any. */
export const knownCause = (): Cause | undefined => causes.getStore();

/** Runs `work`, and everything it awaits or starts, on behalf of `cause`. */
export const withCause = <T>(cause: Cause, work: () => T): T =>
  causes.run(cause, work);
