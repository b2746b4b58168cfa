import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** What a running server says of itself in its data folder. */
export type Postmaster = {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
};

const text = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
};

export function postmasterOf(folder: string): Postmaster | undefined {
  const lines = text(join(folder, "postmaster.pid"))?.split("\n");
  const pid = Number(lines?.[0]);
  if (!lines || !pid) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === "ready" };
}

/** The command line that the server in this folder was last started with. */
export const lastOptions = (folder: string): string =>
  text(join(folder, "postmaster.opts")) ?? "";

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether a process is what we take it for: ids are used again. True where it cannot be known. */
const runs = (pid: number, word: string): boolean =>
  text(`/proc/${pid}/cmdline`)?.includes(word) ?? process.platform !== "linux";

/** The server that still runs on this folder; a file left by a dead one is removed. */
export function survivorIn(folder: string): Postmaster | undefined {
  const postmaster = postmasterOf(folder);
  if (!postmaster) return undefined;
  if (isAlive(postmaster.pid) && runs(postmaster.pid, folder))
    return postmaster;
  rmSync(join(folder, "postmaster.pid"), { force: true });
  return undefined;
}

/** Asks for a fast shutdown and waits for its end; the file goes last. */
export async function stopPostmaster(
  folder: string,
  pid: number,
): Promise<void> {
  const lives = () => isAlive(pid) && postmasterOf(folder)?.pid === pid;
  while (lives()) {
    process.kill(pid, "SIGINT");
    for (let waited = 0; waited < 1_000 && lives(); waited += 10)
      await sleep(10);
  }
}

const ownerFile = (folder: string) => join(folder, "cartwright.owner");

/** One process at a time may run the server of a folder. */
export function claim(folder: string): void {
  const owner = Number(text(ownerFile(folder)));
  if (owner && owner !== process.pid && isAlive(owner) && runs(owner, "node")) {
    throw new Error(
      `The database in ${folder} is in use by process ${owner}; stop that one first.`,
    );
  }
  writeFileSync(ownerFile(folder), String(process.pid));
}

export const release = (folder: string): void =>
  rmSync(ownerFile(folder), { force: true });
