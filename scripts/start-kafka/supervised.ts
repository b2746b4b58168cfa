import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "@cartwright/kernel/duration";
import { styleText } from "node:util";
import type { Part } from "@cartwright/kernel/part";
import { refuseTakenPort } from "@cartwright/messaging/dev/ports";
import { runFile } from "./run-file.ts";
import { say } from "./say.ts";

type Supervised = {
  readonly name: string;
  readonly file: string;
  /** Where it answers `/health/ready`. */
  readonly port: number;
  readonly environment: () => Readonly<Record<string, string>>;
  /** Whether its lines are marked with its name; true unless given. */
  readonly prefixed?: boolean;
};

const readyWithin = seconds(60);
const stopWithin = seconds(20);
const longestBackOff = seconds(30);

/** A process that is started again, with back-off, when it ends without having been told to. */
export function supervised(options: Supervised): Part {
  const { name, port } = options;
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;
  let child: ChildProcess | undefined;
  let watching: Promise<void> | undefined;

  async function watch(first: ChildProcess): Promise<void> {
    child = first;
    let backOff = seconds(1);
    for (;;) {
      const startedAt = performance.now();
      await endOf(child);
      if (isStopping()) return;
      if (performance.now() - startedAt > longestBackOff) backOff = seconds(1);
      say(`${name} ${howItEnded(child)}; again in ${backOff / 1_000} s`);
      await sleep(backOff, undefined, stopping).catch(() => undefined);
      if (isStopping()) return;
      backOff = Math.min(backOff * 2, longestBackOff);
      child = begin(options);
    }
  }

  return {
    name,
    async start() {
      await refuseTakenPort(port, name);
      child = begin(options);
      await untilReady(options, child);
      watching = watch(child);
    },
    async stop() {
      stopping.abort();
      if (child) await terminate(child);
      await watching;
    },
  };
}

function begin(options: Supervised): ChildProcess {
  const { name, file, port, prefixed = true } = options;
  const environment = { ...options.environment(), PORT: String(port) };
  const child = runFile(file, environment, prefixed ? "pipe" : "inherit");
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on("line", (line) =>
      console.log(`${styleText("cyan", name.padEnd(16))} | ${line}`),
    );
  }
  return child;
}

async function untilReady(
  { name, port }: Supervised,
  child: ChildProcess,
): Promise<void> {
  const end = performance.now() + readyWithin;
  while (!(await isReady(port))) {
    if (hasEnded(child))
      throw new Error(`${name} ${howItEnded(child)} before it was ready.`);
    if (performance.now() > end) {
      await terminate(child);
      throw new Error(`${name} is not ready after ${readyWithin / 1_000} s.`);
    }
    await sleep(50);
  }
}

const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

const howItEnded = ({ exitCode, signalCode }: ChildProcess): string =>
  signalCode === null
    ? `has ended with code ${String(exitCode)}`
    : `was ended by ${signalCode}`;

const endOf = async (child: ChildProcess): Promise<void> => {
  if (!hasEnded(child)) await once(child, "exit");
};

async function terminate(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  child.kill("SIGTERM");
  const impatient = setTimeout(() => child.kill("SIGKILL"), stopWithin);
  await endOf(child);
  clearTimeout(impatient);
}
