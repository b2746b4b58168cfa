import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  armCrashPoints,
  type CrashHook,
  type CrashPoint,
} from "@cartwright/kernel/crash-point";

/**
 * Preloaded into every process of the platform (`NODE_OPTIONS=--import`): arms the crash points of a
 * service by the plan in `CRASH_PLANS`, a folder. Nothing that ships knows this file.
 */

/** SIGABRT by taking memory until the heap is full, which is what V8 then ends the process with. */
export type CrashSignal = "SIGKILL" | "SIGSTOP" | "SIGABRT";

/** What one service is to do in a wave. The first of its replicas to get there does it, once. */
export type Plan = {
  readonly wave: number;
  readonly point: CrashPoint;
  /** Which pass of the point since the plan was read, from 1. */
  readonly pass: number;
  readonly signal: CrashSignal;
};

/** What a process leaves behind before it acts. */
export type Hit = Plan & {
  readonly service: string;
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly at: number;
};

export const planFile = (folder: string, service: string): string =>
  join(folder, `plan-${service}.json`);
export const hitFile = (folder: string, wave: number, service: string) =>
  join(folder, `hit-${wave}-${service}.json`);
/** While it is there, processes of the service that begin wait, and are nothing but a process. */
export const holdFile = (folder: string, service: string): string =>
  join(folder, `hold-${service}`);

/** Reads the plan again whenever it was replaced, so that a running process can be told something new. */
function byPlan(folder: string, service: string): CrashHook {
  const file = planFile(folder, service);
  let version = "";
  let plan: Plan | undefined;
  let passes = 0;

  function current(): Plan | undefined {
    const stat = statSync(file, { throwIfNoEntry: false });
    const now = stat ? `${stat.ino}@${stat.mtimeMs}` : "";
    if (now === version) return plan;
    version = now;
    passes = 0;
    plan = stat && (JSON.parse(readFileSync(file, "utf8")) as Plan);
    return plan;
  }

  return (point) => {
    const wanted = current();
    if (wanted?.point !== point) return;
    passes += 1;
    if (passes < wanted.pass) return;
    plan = undefined;
    const hit: Hit = { ...wanted, service, pid: process.pid, at: Date.now() };
    if (claimed(hitFile(folder, wanted.wave, service), hit)) end(wanted.signal);
  };
}

function end(signal: CrashSignal): void {
  if (signal === "SIGABRT") fillMemory();
  process.kill(process.pid, signal);
}

function fillMemory(): void {
  const hoard: unknown[] = [];
  for (;;) hoard.push(Array.from({ length: 10_000 }, Math.random));
}

/** Nothing of the program has begun: there is no event loop to keep turning, and no signal is heard but by the system. */
function waitWhileHeld(file: string): void {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  while (existsSync(file)) Atomics.wait(nobody, 0, 0, 50);
}

/** False when another replica was first, or this one before it was started again. */
function claimed(file: string, hit: Hit): boolean {
  try {
    writeFileSync(file, JSON.stringify(hit), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

const folder = process.env["CRASH_PLANS"];
/** By what it runs, unless it has a name of its own. */
const service =
  process.env["CRASH_NAME"] ??
  /\/apps\/([^/]+)\/src\/main\.ts$/.exec(process.argv[1] ?? "")?.[1];
if (folder !== undefined && service !== undefined) {
  waitWhileHeld(holdFile(folder, service));
  armCrashPoints(byPlan(folder, service));
}
