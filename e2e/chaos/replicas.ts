import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "@cartwright/kernel/duration";
import { allProcesses, withDescendants } from "../support/processes.ts";
import type { Victim } from "./chaos.ts";

const root = join(import.meta.dirname, "../..");
const restartAfter = seconds(1);

/** Processes of the service that were started by this one, by whatever way. */
export function pidsOf(service: Victim): number[] {
  return withDescendants(allProcesses(), process.pid)
    .filter(({ commandLine }) =>
      commandLine.endsWith(`/apps/${service}/src/main.ts`),
    )
    .map(({ pid }) => pid);
}

export type RunningService = { readonly pid: number; readonly port: number };

/** The same with the ports that they were told to answer at. */
export const processesOf = (service: Victim): RunningService[] =>
  pidsOf(service).flatMap((pid) => {
    try {
      return [{ pid, port: Number(environmentOf(pid)["PORT"]) }];
    } catch {
      return []; // it has ended meanwhile
    }
  });

/** A second process of a service: told what the first was told, on another port, started again when it dies. */
export type Replica = {
  readonly port: number;
  /** How it has ended so far: signals, or exit codes. */
  ends(): readonly (NodeJS.Signals | number)[];
  stop(): Promise<void>;
};

export type Environment = Readonly<Record<string, string>>;

/** What a process of the service that runs now was started with. */
export function toldTo(service: Victim): Environment {
  const [first] = pidsOf(service);
  if (first === undefined) throw new Error(`${service} is not running.`);
  return environmentOf(first);
}

export function startReplica(
  service: Victim,
  port: number,
  told: Environment = toldTo(service),
): Replica {
  const env = { ...told, PORT: String(port) };
  const ends: (NodeJS.Signals | number)[] = [];
  const stopping = new AbortController();
  const begin = () =>
    spawn(process.execPath, [join(root, `apps/${service}/src/main.ts`)], {
      cwd: root,
      env,
      stdio: ["ignore", "inherit", "inherit"],
    });
  let child = begin();

  async function watch(): Promise<void> {
    for (;;) {
      await once(child, "exit");
      ends.push(child.signalCode ?? child.exitCode ?? 0);
      await sleep(restartAfter, undefined, stopping).catch(() => undefined);
      if (stopping.signal.aborted) return;
      child = begin();
    }
  }

  const watching = watch();
  const leave = () => child.kill("SIGKILL");
  process.once("exit", leave);
  return {
    port,
    ends: () => ends,
    async stop() {
      stopping.abort();
      child.kill("SIGTERM");
      await watching;
      process.removeListener("exit", leave);
    },
  };
}

/** What a process was started with; the channel to its parent is its own. */
function environmentOf(pid: number): Record<string, string> {
  const pairs = readFileSync(`/proc/${pid}/environ`, "utf8")
    .split("\0")
    .filter((pair) => pair !== "" && !pair.startsWith("NODE_CHANNEL_"))
    .map((pair): [string, string] => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), pair.slice(at + 1)];
    });
  return Object.fromEntries(pairs);
}
