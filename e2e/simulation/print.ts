import { execFileSync } from "node:child_process";
import type { PlantedName } from "@cartwright/testing/planted/every-bug";
import type { Report } from "./run-seed.ts";
import type { Tally } from "./tally.ts";

export type Search = {
  readonly name: PlantedName;
  readonly reports: readonly Report[];
};

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** All that is needed to see it again. */
export function printFailure({ seed, hash, failure }: Report): void {
  print(
    `seed ${seed} at commit ${commit()}, trace ${hash}: ${failure?.invariant}`,
  );
  print(`  ${failure?.detail}`);
  for (const line of failure?.last ?? []) print(`    ${line}`);
  print(`  again: node e2e/simulation/run.ts --seed ${seed} --verbose`);
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], {
      encoding: "utf8",
    }).trim();
  } catch {
    return "unknown";
  }
}

export function printPlanted(searches: readonly Search[]): void {
  if (searches.length === 0) return;
  print("planted bug                      seeds  found as");
  for (const { name, reports } of searches) {
    const { failure } = reports.at(-1) ?? {};
    const found = isFound(reports) ? failure?.detail.slice(0, 90) : "NOT FOUND";
    print(`${name.padEnd(32)} ${String(reports.length).padStart(5)}  ${found}`);
  }
}

/** By an invariant: that the simulation itself fails proves nothing. */
function isFound(reports: readonly Report[]): boolean {
  const invariant = reports.at(-1)?.failure?.invariant;
  return invariant !== undefined && invariant !== "crash";
}

/** Returns whether all is well. */
export function printTally(
  tally: Tally,
  {
    elapsed,
    searches,
    differing,
  }: {
    readonly elapsed: number;
    readonly searches: readonly Search[];
    readonly differing: readonly number[];
  },
): boolean {
  const { seeds, orders, lasted, events, faults, passed, deaths, failures } =
    tally;
  const seconds = elapsed / 1_000;
  const missing = seeds >= 1_000 ? tally.missing() : [];
  const missed = searches.filter(({ reports }) => !isFound(reports));
  printCounts("faults", faults);
  printCounts("crash points passed", passed);
  printCounts("deaths at crash points", deaths);
  const { user, system } = process.cpuUsage();
  const busy = (user + system) / 1_000_000;
  print(
    `${Math.round(lasted / 60_000)} min of virtual time, ${events} events, ${seconds.toFixed(1)} s (${busy.toFixed(1)} s of processor time), ${Math.round(orders / seconds)} orders per second`,
  );
  if (missing.length > 0) print(`never happened: ${missing.join(", ")}`);
  if (differing.length > 0)
    print(`replayed otherwise: seeds ${differing.join(", ")}`);
  if (missed.length > 0)
    print(
      `planted and not found: ${missed.map(({ name }) => name).join(", ")}`,
    );
  print(`${seeds} seeds, ${orders} orders, ${failures.length} violations`);
  return [missing, differing, missed, failures].every(
    ({ length }) => length === 0,
  );
}

function printCounts(
  title: string,
  counts: Readonly<Record<string, number>>,
): void {
  const parts = Object.entries(counts)
    .sort()
    .map(([name, count]) => `${name} ${count}`);
  print(`${title}: ${parts.join(", ") || "none"}`);
}
