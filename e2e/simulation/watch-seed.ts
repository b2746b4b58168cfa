import {
  plantedBugs,
  type PlantedName,
} from "@cartwright/testing/planted/every-bug";
import { emphasisFor } from "./emphasis.ts";
import { planOf } from "./plan.ts";
import { printFailure } from "./print.ts";
import { runSeed } from "./run-seed.ts";
import { replaceGlobals } from "./virtual-globals.ts";

/** Runs one seed in this process and tells what happens. */
export function watchSeed(
  seed: number,
  planted: PlantedName | undefined,
  verbose: boolean,
): Promise<void> {
  const inRealTime = setImmediate;
  replaceGlobals();
  const plan = planted ? planOf(seed, emphasisFor(planted)) : planOf(seed);
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  return new Promise((resolve) => {
    inRealTime(() => {
      if (verbose) print(JSON.stringify(plan, null, 2));
      const report = runSeed({
        plan,
        ...(planted && { bug: plantedBugs[planted]() }),
        ...(verbose && { watch: print }),
      });
      if (report.failure) printFailure(report);
      print(
        `seed ${seed}: ${report.orders} orders, ${report.events} events, trace ${report.hash}, ${report.failure ? report.failure.invariant : "no violation"}`,
      );
      process.exitCode = report.failure ? 1 : 0;
      resolve();
    });
  });
}
