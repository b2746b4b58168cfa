import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "@cartwright/kernel/duration";

export type Java = (main: string, args: readonly string[]) => ChildProcess;

const heap = [
  "-Xms128m",
  "-Xmx448m",
  "-XX:TieredStopAtLevel=1",
  "-XX:+UseSerialGC",
];
const stopWithin = seconds(20);

/** Runs a class of the jars, logging as the file in `folder` says. */
export const javaFor =
  (jars: string, folder: string): Java =>
  (main, args) =>
    spawn(
      "java",
      [
        ...heap,
        `-Dlog4j2.configurationFile=${join(folder, "log4j2.properties")}`,
        "-cp",
        join(jars, "lib", "*"),
        main,
        ...args,
      ],
      // Its own process group: Ctrl-C in the terminal reaches it through us, after the services have left.
      { stdio: ["ignore", "pipe", "pipe"], detached: true },
    );

/** Resolves with the last lines it said, once it has ended. */
export async function endOf(child: ChildProcess): Promise<string> {
  let tail = "";
  const keep = (chunk: Buffer) =>
    void (tail = (tail + chunk.toString()).slice(-4_000));
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  await once(child, "close");
  return tail.trim();
}

/** Asks it to end and waits; insists when it does not. */
export async function terminate(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const impatient = setTimeout(() => child.kill("SIGKILL"), stopWithin);
  await gone;
  clearTimeout(impatient);
}

const pidFile = (folder: string) => join(folder, "broker.pid");

/** For whoever starts next, should we be killed before the broker is. */
export const remember = (folder: string, { pid }: ChildProcess) =>
  writeFile(pidFile(folder), String(pid));

/** The process of the broker on this folder, if one is running. */
export async function brokerPid(folder: string): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile(folder), "utf8").catch(() => ""));
  return pid !== 0 && (await runs(pid, folder)) ? pid : undefined;
}

/** Ends the broker that an earlier run left behind on this folder. */
export async function endSurvivor(folder: string): Promise<void> {
  const pid = await brokerPid(folder);
  if (pid === undefined) return;
  process.kill(pid, "SIGTERM");
  const patience = performance.now() + stopWithin;
  while (await runs(pid, folder)) {
    if (performance.now() > patience) process.kill(pid, "SIGKILL");
    await sleep(50);
  }
}

/** Whether the process is the broker of this folder: process ids are used again. */
async function runs(pid: number, folder: string): Promise<boolean> {
  const ps = spawn("ps", ["-o", "args=", "-p", String(pid)]);
  let args = "";
  ps.stdout.on("data", (chunk: Buffer) => void (args += chunk.toString()));
  await once(ps, "close").catch(() => undefined);
  return args.includes(join(folder, "server.properties"));
}
