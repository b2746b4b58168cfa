import {
  milliseconds,
  seconds,
  type Duration,
} from "@cartwright/kernel/duration";
import { healthOf } from "@cartwright/http/health";
import type { Part, PartHealth } from "@cartwright/kernel/part";
import { flushed } from "@cartwright/observability/flush";
import type { Logger } from "@cartwright/observability/logger";
import { setTimeout as sleep } from "node:timers/promises";

export type Running = {
  /** Stops the parts in reverse; each is told, even when one before it could not stop. */
  stop(): Promise<void>;
  /** The part that is being waited for, once `stop` was called. */
  stopping(): string | undefined;
  /** How the worst of the started parts is, and which one that is. */
  health(): Promise<PartHealth>;
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
  return { stop, stopping: () => stopping, health: () => worstOf(started) };
}

async function worstOf(parts: readonly Part[]): Promise<PartHealth> {
  const report = await healthOf(parts);
  const worst = Object.entries(report.parts).find(
    ([, { status }]) => status === report.status && status !== "up",
  );
  if (!worst) return { status: report.status };
  const [name, { status, detail }] = worst;
  return { status, detail: [name, detail].filter(Boolean).join(": ") };
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
  /** How often the parts are asked whether one of them is dead. */
  readonly lookEvery?: Duration;
};

/**
 * Runs the process: starts the parts, stops them on SIGTERM or Ctrl-C, exits. A second signal exits
 * at once. A part that cannot start, or is dead, ends the process with 1 and the reason.
 */
export async function runParts(
  parts: readonly Part[],
  options: RunOptions,
): Promise<void> {
  const asked = stopSignal();
  const code = await runUntil(asked, parts, options);
  await flushed();
  process.exit(code);
}

type Asked = ReturnType<typeof stopSignal>;

/** The exit code. */
async function runUntil(
  asked: Asked,
  parts: readonly Part[],
  options: RunOptions,
): Promise<0 | 1> {
  const { logger, onStarted, onStopping } = options;
  const {
    onFailure = (error) =>
      logger.error("could not start", { error: String(error) }),
  } = options;
  let running: Running;
  try {
    running = await startParts(parts, logger, { signal: asked.signal });
  } catch (error) {
    if (asked.signal.aborted) return 0;
    onFailure(error);
    return 1;
  }
  onStarted?.();
  const death = await Promise.race([asked.wait, deathIn(running, options)]);
  if (death === undefined) onStopping?.();
  else logger.error("a part is dead, so the process ends", { part: death });
  const isStopped = await stopInTime(running, options);
  return isStopped && death === undefined ? 0 : 1;
}

/** Which part is dead and cannot be helped by waiting: it was so twice in a row. */
async function deathIn(
  running: Running,
  { lookEvery = seconds(10) }: RunOptions,
): Promise<string> {
  for (let before: PartHealth["status"] = "up"; ;) {
    await sleep(lookEvery);
    const { status, detail = "" } = await running.health();
    if (status === "dead" && before === "dead") return detail;
    before = status;
  }
}

async function stopInTime(
  running: Running,
  { logger, stopWithin = seconds(25) }: RunOptions,
): Promise<boolean> {
  const late = sleep(stopWithin, "late" as const, { ref: false });
  if ((await Promise.race([running.stop(), late])) !== "late") return true;
  logger.error("not everything has stopped in time", {
    waitingFor: running.stopping(),
  });
  return false;
}

/** npm hands a terminal's Ctrl-C on to a process that has had it from the terminal already. */
const echoWithin = milliseconds(500);

/** The first signal asks to stop, the second (no mere echo of the first) does not ask. */
function stopSignal() {
  const asked = new AbortController();
  let askedAt = 0;
  const wait = new Promise<undefined>((resolve) => {
    for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      process.on(name, () => {
        if (!asked.signal.aborted) askedAt = performance.now();
        else if (performance.now() - askedAt > echoWithin) process.exit(1);
        asked.abort();
        resolve(undefined);
      });
    }
  });
  return { signal: asked.signal, wait };
}
