import { generateKeyPairSync, sign, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import type { Platform } from "../support/platform.ts";
import { sum } from "./usage.ts";

/** What the figures were measured on. */
export type Host = {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly postgres: string;
  readonly fsync: string;
};

export async function hostOf({ sql }: Pick<Platform, "sql">): Promise<Host> {
  const [row] = await sql<{ version: string; fsync: string }>(
    "SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync",
  );
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    postgres: row?.version ?? "unknown",
    fsync: row?.fsync ?? "unknown",
  };
}

const verifications = 4_000;
const text = Buffer.from(
  "a token's header and payload, about as long as it is ".repeat(8),
);

/** µs of CPU for verifying one RS256 signature: how fast the host happens to be in this minute. */
export function signatureCost(): number {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2_048,
  });
  const signature = sign("sha256", text, privateKey);
  const check = () => verify("sha256", text, publicKey, signature);
  for (let n = 0; n < 200; n += 1) check();
  const begun = process.cpuUsage();
  for (let n = 0; n < verifications; n += 1) check();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / verifications;
}

/** Place in a line of `/proc/diskstats`; the disk's name stands at 2. */
const SECTORS_WRITTEN = 9;
const SECTOR = 512;

/**
 * Bytes written to the machine's disks so far. The count that the kernel keeps for each process says more than that: a page that is
 * written again counts with all of the folio it lies in, a MiB for eight KiB of Postgres' log.
 */
export function bytesOnDisk(
  statistics = readFileSync("/proc/diskstats", "utf8"),
): number {
  const lines = statistics
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/ +/));
  const disks = lines.filter(([, , name = ""]) => isDisk(name));
  return sum(disks.map((line) => Number(line[SECTORS_WRITTEN]) * SECTOR));
}

/** A whole disk of hardware; its partitions are counted with it, and what is stacked on it once. */
const isDisk = (name: string): boolean =>
  /^((s|v|xv)d[a-z]+|nvme\d+n\d+|mmcblk\d+)$/.test(name);

type Ticks = {
  readonly total: number;
  readonly idle: number;
  readonly stolen: number;
};

export type BusyShare = Ticks & {
  /** Shares of the machine's time since an earlier look. */
  since(earlier: Ticks): { readonly busy: number; readonly stolen: number };
};

/** The machine's own count of its time: idle, used, or taken by the host for others. */
export function busyShare(): BusyShare {
  const [, line = ""] =
    /^cpu +(.*)$/m.exec(readFileSync("/proc/stat", "utf8")) ?? [];
  // user nice system idle iowait irq softirq steal; guests are in user already.
  const ticks = line.split(" ").map(Number).slice(0, 8);
  const total = ticks.reduce((all, part) => all + part, 0);
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  const stolen = ticks[7] ?? 0;
  return {
    total,
    idle,
    stolen,
    since: (earlier) => {
      const passed = Math.max(1, total - earlier.total);
      return {
        busy: 1 - (idle - earlier.idle) / passed,
        stolen: (stolen - earlier.stolen) / passed,
      };
    },
  };
}
