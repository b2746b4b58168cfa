import { readdirSync, readFileSync } from "node:fs";

/** CPU and memory of running processes, read from /proc. */

export type ProcessFigures = {
  readonly pid: number;
  readonly parent: number;
  readonly commandLine: string;
  /** User and system time, milliseconds. */
  readonly cpu: number;
  /** The same of children that have ended. */
  readonly cpuOfChildren: number;
};

/** `CLK_TCK`, which is 100 on every Linux that Node runs on. */
const millisecondsPerTick = 10;

export function allProcesses(): ProcessFigures[] {
  return readdirSync("/proc").flatMap((name) => {
    const figures = /^\d+$/.test(name) ? figuresOf(Number(name)) : undefined;
    return figures ? [figures] : [];
  });
}

function figuresOf(pid: number): ProcessFigures | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the name in parentheses, and may contain anything.
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const ticks = (index: number) => (fields[index] ?? 0) * millisecondsPerTick;
    return {
      pid,
      parent: fields[1] ?? 0,
      commandLine: readFileSync(`/proc/${pid}/cmdline`, "utf8")
        .replaceAll("\0", " ")
        .trim(),
      cpu: ticks(11) + ticks(12),
      cpuOfChildren: ticks(13) + ticks(14),
    };
  } catch {
    return undefined;
  }
}

export function withDescendants(
  all: readonly ProcessFigures[],
  root: number,
): ProcessFigures[] {
  const own = all.filter(({ pid }) => pid === root);
  const children = all.filter(({ parent }) => parent === root);
  return [...own, ...children.flatMap(({ pid }) => withDescendants(all, pid))];
}

/** The most memory that the process has ever held, MiB. */
export const peakResident = (pid: number): number =>
  kilobytes(pid, "status", "VmHWM") / 1_024;

/** The memory that the process holds now, MiB. */
export const resident = (pid: number): number =>
  kilobytes(pid, "status", "VmRSS") / 1_024;

/** Memory that is its own, plus its share of what it shares, MiB. */
export const proportional = (pid: number): number =>
  kilobytes(pid, "smaps_rollup", "Pss") / 1_024;

function kilobytes(pid: number, file: string, field: string): number {
  try {
    const text = readFileSync(`/proc/${pid}/${file}`, "utf8");
    return Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
