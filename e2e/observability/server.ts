import { spawn } from "node:child_process";
import { once } from "node:events";
import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";

/** A component that the proof starts itself. */
export type Server = { stop(): Promise<void> };

/** Starts it, and waits until `ready` answers with 200. */
export async function startServer(options: {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly ready: string;
}): Promise<Server> {
  const { name, file, args, ready } = options;
  const child = spawn(file, args, { stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  child.on("error", (error) => (output += String(error)));
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text: string) => {
    output = (output + text).slice(-4_000);
  });
  const stop = async () => {
    const isRunning = child.pid !== undefined && child.exitCode === null;
    if (!isRunning || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  try {
    await eventually(
      async () => {
        if (!(await fetch(ready)).ok) throw new Error(`${name} is not ready.`);
      },
      { within: seconds(60), every: 500 },
    );
  } catch (error) {
    await stop();
    throw new Error(`${name} does not start:\n${output}`, { cause: error });
  }
  return { stop };
}
