import { createRequire, syncBuiltinESMExports } from "node:module";
import { beginning, currentActor, type Kernel } from "./kernel.ts";
import { virtualTimers } from "./virtual-timers.ts";

const require = createRequire(import.meta.url);
type Exports = Record<string, unknown>;
const builtin = (name: string) => require(name) as Exports;

let kernel: Kernel | undefined;

/** Whose time and chance the process has from now on; undefined between runs. */
export function enter(next: Kernel | undefined): void {
  kernel = next;
}

function present(): Kernel {
  if (kernel === undefined)
    throw new Error("Time and chance exist within a run only.");
  return kernel;
}

/**
 * Gives this process virtual time and seeded chance for the rest of its life, in place of every source
 * of time and chance that the platform's code may use, and forbids it the world outside.
 */
export function replaceGlobals(): void {
  const RealDate = Date;
  class VirtualDate extends RealDate {
    constructor(...given: [] | [number | string | Date]) {
      if (given.length === 0) super(now());
      else super(...(given as [number]));
    }
    static override now(): number {
      return now();
    }
    static override [Symbol.hasInstance](value: unknown): boolean {
      return Object.prototype.isPrototypeOf.call(
        RealDate.prototype,
        value as object,
      );
    }
  }
  const realNow = RealDate.now.bind(RealDate);
  const now = () => Math.floor(kernel ? kernel.now() : realNow());
  const elapsed = () => present().now() - beginning;
  const { timers, promised, timeoutSignal } = virtualTimers({
    after: (delay, action) =>
      present().scheduleFor(currentActor(), delay, action),
  });

  Object.assign(globalThis, timers, { Date: VirtualDate });
  Object.assign(builtin("node:timers"), timers);
  Object.assign(builtin("node:timers/promises"), promised);
  replace(performance, "now", elapsed);
  const idle = { idle: 1, active: 0, utilization: 0 };
  replace(performance, "eventLoopUtilization", () => idle);
  replace(AbortSignal, "timeout", timeoutSignal);
  replace(Math, "random", () => present().random());
  replaceRandomBytes();
  forbidTheWorldOutside();
  syncBuiltinESMExports();
}

function replaceRandomBytes(): void {
  const fill = <T extends Uint8Array>(bytes: T): T => {
    for (let index = 0; index < bytes.length; index += 1)
      bytes[index] = Math.floor(present().random() * 256);
    return bytes;
  };
  Object.assign(builtin("node:crypto"), {
    randomFillSync: fill,
    randomBytes: (size: number) => fill(Buffer.alloc(size)),
    randomUUID: () => {
      throw new Error("Ids come from @cartwright/kernel/ids.");
    },
  });
}

/** What would reach beyond the process, or be told the real time, while a run is under way. */
const forbidden: Readonly<Record<string, readonly string[]>> = {
  "node:net": ["connect", "createConnection", "createServer"],
  "node:http": ["request", "get", "createServer"],
  "node:child_process": ["spawn", "exec", "execFile", "fork", "spawnSync"],
  "node:fs": ["openSync", "writeFileSync", "open", "writeFile", "readFile"],
  "node:dns": ["lookup", "resolve"],
};

function forbidTheWorldOutside(): void {
  for (const [name, functions] of Object.entries(forbidden)) {
    const exports = builtin(name);
    for (const one of functions) trap(exports, `${name} ${one}`, one);
  }
  trap(globalThis, "fetch", "fetch");
  trap(process as unknown as Exports, "process.hrtime", "hrtime");
}

function trap(owner: Exports, what: string, name: string): void {
  const real = owner[name] as (...given: unknown[]) => unknown;
  replace(owner, name, (...given: unknown[]) => {
    if (kernel === undefined) return real.apply(owner, given);
    const error = new Error(`${what} is forbidden in the simulation.`);
    kernel.fail(error);
    throw error;
  });
}

const replace = (owner: object, name: string, value: unknown): void => {
  Object.defineProperty(owner, name, {
    value,
    writable: true,
    configurable: true,
  });
};
