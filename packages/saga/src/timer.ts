import { isRetryable } from "@cartwright/database/is-retryable";
import type { Transact } from "@cartwright/database/tx";
import { crashPoint } from "@cartwright/kernel/crash-point";
import { milliseconds } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import { redactText } from "@cartwright/observability/redact";
import type { SagaEngine } from "./engine.ts";
import type { SagaId } from "./instance.ts";
import { isolateRuns } from "./isolate-runs.ts";
import type { RunClaim } from "./run-claim.ts";

/** However many come due at once, a transaction takes no more. */
const claimed = 200;
const poll = milliseconds(500);

type TimerOptions<Decider> = {
  readonly db: { readonly transaction: Transact };
  readonly engine: SagaEngine<Decider>;
  readonly logger: Logger;
};

/** Feeds deadlines that have passed, and inputs that had to wait, to the engine. Any number may run: each row is taken by one. */
export function sagaTimer<Decider>(options: TimerOptions<Decider>): Part {
  const { engine, logger } = options;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let stopped = false;

  async function tick(): Promise<void> {
    await untilFewAreLeft(engine.inputsThatWait);
    await untilFewAreLeft(engine.deadlines);
    if (!stopped) schedule();
  }
  /** What cannot be done here keeps nothing else from being done. */
  async function untilFewAreLeft(claim: RunClaim) {
    try {
      while (!stopped && (await takeOrIsolate(options, claim)) === claimed);
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

/** Returns how much was taken, or how many runs were taken apart because of one that fails. */
async function takeOrIsolate<Decider>(
  options: TimerOptions<Decider>,
  claim: RunClaim,
): Promise<number> {
  const { db, logger } = options;
  const take = (among?: readonly SagaId[]) =>
    committed(db.transaction((tx) => claim.take(tx, claimed, among)));
  try {
    return await take();
  } catch (error) {
    if (isRetryable(error)) throw error;
    logger.warn("due sagas are taken in halves", { error: String(error) });
    const runs = await db.transaction((tx) => claim.candidates(tx, claimed));
    await isolateRuns(
      {
        take,
        setAside: (run, cause) => setAside(options, run, cause),
      },
      runs,
    );
    return runs.length;
  }
}

/** Where even the line in its log cannot be written it is only put off. It never keeps the others waiting. */
async function setAside<Decider>(
  { db, engine, logger }: TimerOptions<Decider>,
  run: SagaId,
  cause: unknown,
): Promise<void> {
  const error =
    cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  logger.error("a saga run was set aside", { run, error });
  const write = (detail?: string) =>
    db.transaction((tx) => engine.setAside(tx, run, detail));
  await write(`turn-failed: ${redactText(String(cause))}`)
    .catch((failure: unknown) => {
      if (isRetryable(failure)) throw failure;
      return write();
    })
    .catch((failure: unknown) => {
      if (isRetryable(failure)) throw failure;
      const why = { run, error: String(failure) };
      logger.error("a saga run cannot be set aside", why);
    });
}

async function committed(work: Promise<number>): Promise<number> {
  const done = await work;
  if (done > 0) crashPoint("saga-timer.after-commit");
  return done;
}
