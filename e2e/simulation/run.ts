import { parseArgs } from "node:util";
import {
  plantedBugs,
  type PlantedName,
} from "@cartwright/testing/planted/every-bug";
import {
  printFailure,
  printPlanted,
  printTally,
  type Search,
} from "./print.ts";
import type { Report } from "./run-seed.ts";
import { Tally } from "./tally.ts";
import { inWorkers } from "./workers.ts";
import type { Work } from "./work.ts";

const { values: given } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    planted: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});

const names = Object.keys(plantedBugs) as PlantedName[];
const perPiece = 10;
const replayed = 5;

if (given.seed !== undefined) {
  const { watchSeed } = await import("./watch-seed.ts");
  await watchSeed(
    Number(given.seed),
    given.planted as PlantedName | undefined,
    given.verbose,
  );
} else {
  process.exitCode = (await runAll()) ? 0 : 1;
}

/** True when all is well: no violation, every bug found, every replay the same, every fault met. */
async function runAll(): Promise<boolean> {
  const started = performance.now();
  const tally = new Tally();
  const searches: Search[] = [];
  const firsts: Report[] = [];
  await inWorkers(workToDo(), ({ work, reports }) => {
    if (work.kind === "planted") {
      searches.push({ name: work.name, reports });
      return;
    }
    for (const report of reports) {
      tally.add(report);
      if (report.failure) printFailure(report);
      if (firsts.length < replayed) firsts.push(report);
    }
  });
  const differing = await replaysThatDiffer(firsts);
  printPlanted(searches);
  return printTally(tally, {
    elapsed: performance.now() - started,
    searches,
    differing,
  });
}

function workToDo(): Work[] {
  const from = Number(given.from);
  const seeds = Number(given.seeds);
  const wanted =
    given.planted === undefined || given.planted === "all"
      ? names
      : names.filter((name) => name === given.planted);
  const searches = wanted.map((name): Work => ({
    kind: "planted",
    name,
    from: 1,
    most: 1_000,
  }));
  const pieces = Array.from(
    { length: Math.ceil(seeds / perPiece) },
    (_, piece): Work => ({
      kind: "seeds",
      from: from + piece * perPiece,
      count: Math.min(perPiece, seeds - piece * perPiece),
    }),
  );
  return given.planted === "none" ? pieces : [...searches, ...pieces];
}

async function replaysThatDiffer(
  reports: readonly Report[],
): Promise<number[]> {
  const differing: number[] = [];
  const again = reports.map((report): Work => ({ kind: "again", report }));
  await inWorkers(again, ({ work, reports: [second] }) => {
    if (work.kind === "again" && second?.hash !== work.report.hash)
      differing.push(work.report.seed);
  });
  return differing;
}
