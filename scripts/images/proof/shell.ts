import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { styleText } from "node:util";

export type RunOptions = {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Its output is shown as it comes, instead of only when it fails. */
  readonly shown?: boolean;
};

/** A line about the proof, with the seconds since its beginning. */
export function say(sentence: string): void {
  const at = `${(performance.now() / 1_000).toFixed(0)} s`;
  console.log(`${styleText("dim", at.padStart(6))}  ${sentence}`);
}

const running = new Set<ChildProcess>();

/** Does the work, unless this process is told to end meanwhile: then what runs is ended, and the work fails. */
export async function unlessInterrupted<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const end = (signal: NodeJS.Signals) => {
    for (const child of running) child.kill(signal);
    reject(new Error(`Ended by ${signal}.`));
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.once(signal, end);
  try {
    return await Promise.race([work, promise]);
  } finally {
    for (const signal of signals) process.off(signal, end);
  }
}

/** Runs a program and returns what it wrote; another end than a good one is an error with all it said. */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, environment, shown = false }: RunOptions = {},
): Promise<string> {
  const child = spawn(program, args, {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const output: Buffer[] = [];
  const all: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      all.push(chunk);
      if (shown) process.stderr.write(chunk);
    });
  const [code] = (await once(child, "close").finally(() =>
    running.delete(child),
  )) as [number | null];
  if (code === 0) return Buffer.concat(output).toString().trim();
  const said = Buffer.concat(all).toString().trim().slice(-8_000);
  throw new Error(`${program} ${args.join(" ")} failed:\n${said}`);
}
