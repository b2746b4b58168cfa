import type { Transact } from "@cartwright/database/tx";
import { crashPoint } from "@cartwright/kernel/crash-point";
import { milliseconds } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import type { SagaEngine } from "./engine.ts";

const claimed = 200;
const poll = milliseconds(500);

/** Feeds deadlines that have passed to the engine. Any number may run: each row is taken by one. */
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
    try {
      let timedOut: number;
      do {
        timedOut = await db.transaction((tx) => engine.timeOut(tx, claimed));
        if (timedOut > 0) crashPoint("saga-timer.after-commit");
      } while (!stopped && timedOut === claimed);
    } catch (error) {
      logger.warn("saga deadlines wait", { error: String(error) });
    }
    if (!stopped) schedule();
  }
  function schedule(): void {
    timer = setTimeout(() => {
      running = tick();
    }, poll);
  }

  return {
    name: "saga timer",
    async start() {
      schedule();
      await Promise.resolve();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
