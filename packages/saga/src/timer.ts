import type { Transact, Tx } from "@cartwright/database/tx";
import { crashPoint } from "@cartwright/kernel/crash-point";
import { milliseconds } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import type { SagaEngine } from "./engine.ts";

/** However many come due at once, a transaction takes no more. */
const claimed = 200;
const poll = milliseconds(500);

/** Feeds deadlines that have passed, and inputs that had to wait, to the engine. Any number may run: each row is taken by one. */
export function sagaTimer<Decider>(options: {
  readonly db: { readonly transaction: Transact };
  readonly engine: SagaEngine<Decider>;
  readonly logger: Logger;
}): Part {
  const { db, engine, logger } = options;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let stopped = false;

  async function tick(): Promise<void> {
    await untilFewAreLeft((tx) => engine.resume(tx, claimed));
    await untilFewAreLeft((tx) => engine.timeOut(tx, claimed));
    if (!stopped) schedule();
  }
  /** What cannot be done here keeps nothing else from being done. */
  async function untilFewAreLeft(claim: (tx: Tx) => Promise<number>) {
    try {
      while (!stopped && (await committed(db.transaction(claim))) === claimed);
    } catch (error) {
      logger.warn("saga deadlines wait", { error: String(error) });
    }
  }
  const schedule = () => {
    timer = setTimeout(() => {
      running = tick();
    }, poll);
  };

  return {
    name: "saga timer",
    start: async () => {
      schedule();
      await Promise.resolve();
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

async function committed(work: Promise<number>): Promise<number> {
  const done = await work;
  if (done > 0) crashPoint("saga-timer.after-commit");
  return done;
}
