import {
  milliseconds,
  seconds,
  type Duration,
} from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import { setTimeout as sleep } from "node:timers/promises";

export type Running = {
  /** Stops the parts in reverse; each is told, even when one before it could not stop. */
  stop(): Promise<void>;
  /** The part that is being waited for, once `stop` was called. */
  stopping(): string | undefined;
};

/** Starts the parts in order. When one cannot start, those before it are stopped again. */
export async function startParts(
  parts: readonly Part[],
  logger: Logger,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Running> {
  const started: Part[] = [];
  let stopping: string | undefined;
  const stop = async () => {
    for (let part = started.pop(); part; part = started.pop()) {
      stopping = part.name;
      await stopPart(part, logger);
    }
  };
  try {
    for (const part of parts) {
      signal?.throwIfAborted();
      await part.start?.();
      started.push(part);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop, stopping: () => stopping };
}

async function stopPart(part: Part, logger: Logger): Promise<void> {
  try {
    await part.stop?.();
  } catch (error) {
    logger.error(`${part.name} did not stop cleanly`, { error: String(error) });
  }
}

type RunOptions = {
  readonly logger: Logger;
  /** Called once every part has started. */
  readonly onStarted?: () => void;
  /** Says why a part could not start; the logger does unless given. */
  readonly onFailure?: (error: unknown) => void;
  /** Called when the process has been asked to stop. */
  readonly onStopping?: () => void;
  /** Whoever has not stopped by then is left behind. */
  readonly stopWithin?: Duration;
};

/**
 * Runs the process: starts the parts, stops them on SIGTERM or Ctrl-C, exits. A second signal exits
 * at once. A part that cannot start ends the process with 1 and the reason.
 */
export async function runParts(
  parts: readonly Part[],
  options: RunOptions,
): Promise<void> {
  const { logger, onStarted, onStopping, stopWithin = seconds(25) } = options;
  const {
    onFailure = (error) =>
      logger.error("could not start", { error: String(error) }),
  } = options;
  const asked = stopSignal();
  try {
    const running = await startParts(parts, logger, { signal: asked.signal });
    onStarted?.();
    await asked.wait;
    onStopping?.();
    const late = sleep(stopWithin, "late" as const, { ref: false });
    if ((await Promise.race([running.stop(), late])) === "late") {
      logger.error("not everything has stopped in time", {
        waitingFor: running.stopping(),
      });
      process.exit(1);
    }
    process.exit(0);
  } catch (error) {
    if (asked.signal.aborted) process.exit(0);
    onFailure(error);
    process.exit(1);
  }
}

/** npm hands a terminal's Ctrl-C on to a process that has had it from the terminal already. */
const echoWithin = milliseconds(500);

/** The first signal asks to stop, the second (no mere echo of the first) does not ask. */
function stopSignal() {
  const asked = new AbortController();
  let askedAt = 0;
  const wait = new Promise<void>((resolve) => {
    for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      process.on(name, () => {
        if (!asked.signal.aborted) askedAt = performance.now();
        else if (performance.now() - askedAt > echoWithin) process.exit(1);
        asked.abort();
        resolve();
      });
    }
  });
  return { signal: asked.signal, wait };
}
