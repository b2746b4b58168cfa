import { execFile } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A file system of its own in memory, which can be full. */
export type SmallDisk = {
  readonly folder: string;
  /** Leaves no room on it. */
  fill(): Promise<void>;
  /** Makes the room again. */
  clear(): Promise<void>;
  remove(): Promise<void>;
};

/** Why this process may mount nothing, or nothing. */
export const whyNoSmallDisk = (): string | undefined =>
  process.platform === "linux" && process.getuid?.() === 0
    ? undefined
    : "A disk that can be filled has to be mounted, which takes root on Linux.";

export async function smallDisk(mebibytes: number): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), "cartwright-disk-"));
  await run("mount", [
    ...["-t", "tmpfs", "-o", `size=${mebibytes}m,mode=0755`],
    ...["cartwright", folder],
  ]);
  const ballast = join(folder, "ballast");
  return {
    folder,
    fill: () => writeUntilFull(ballast),
    clear: () => rm(ballast),
    async remove() {
      await run("umount", ["--lazy", folder]);
      await rm(folder, { recursive: true });
    },
  };
}

async function writeUntilFull(path: string): Promise<void> {
  const file = await open(path, "a");
  try {
    for (let size = 2 ** 20; size >= 512; size /= 2)
      await untilRefused(() => file.appendFile(Buffer.alloc(size)));
  } finally {
    await file.close();
  }
}

async function untilRefused(write: () => Promise<void>): Promise<void> {
  try {
    for (;;) await write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}
