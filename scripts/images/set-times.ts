import { lutimes, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Gives everything in a folder, and the folder, one time (seconds since 1970): layers of the same files are the same. */
export async function setTimes(folder: string, at: number): Promise<void> {
  const inside = await readdir(folder, { recursive: true });
  for (const path of inside) await lutimes(join(folder, path), at, at);
  await lutimes(folder, at, at);
}
