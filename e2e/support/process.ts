import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";

const root = join(import.meta.dirname, "../..");

/** Whatever becomes of us, they do not go on alone. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGTERM");
});

export type RunningProcess = {
  readonly pid: number;
  /** Resolves with the exit code, null after a signal. */
  readonly ended: Promise<number | null>;
  /** What it has written, to both streams. */
  output(): string;
  /** Sends the signal and waits for the end. */
  stop(signal: NodeJS.Signals): Promise<void>;
  /** Throws what was expected, with the end of its output. */
  fail(sentence: string): never;
};

/** Runs a TypeScript file, of this checkout unless its path is absolute, with these environment variables and no others of ours. */
export function startProcess(
  file: string,
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): RunningProcess {
  const { PATH, HOME, LANG } = process.env;
  const child = spawn(process.execPath, [resolve(root, file), ...args], {
    cwd: root,
    env: { PATH, HOME, LANG, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const keep = (text: string) => (output = (output + text).slice(-200_000));
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  running.add(child);
  child.once("exit", () => running.delete(child));
  const ended = once(child, "exit").then(([code]) => code as number | null);
  return {
    pid: child.pid ?? 0,
    ended,
    output: () => output,
    async stop(signal) {
      if (child.exitCode === null && child.signalCode === null)
        child.kill(signal);
      await ended;
    },
    fail(sentence) {
      throw new Error(`${file} ${sentence}:\n${output.slice(-4_000)}`);
    },
  };
}
