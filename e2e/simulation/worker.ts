import { plantedBugs } from "@cartwright/testing/planted/every-bug";
import { parentPort } from "node:worker_threads";
import { emphasisFor } from "./emphasis.ts";
import { planOf } from "./plan.ts";
import { runSeed, type Report } from "./run-seed.ts";
import { replaceGlobals } from "./virtual-globals.ts";
import type { Done, Work } from "./work.ts";

const inRealTime = setImmediate;
replaceGlobals();
const main = parentPort;
if (main === null) throw new Error("To be run as a worker thread.");

main.on("message", (work: Work) => {
  const before = process.cpuUsage();
  const reports: Report[] = [];
  const seeds = seedsOf(work);
  // From a callback of its own each: the run drains the microtasks itself.
  const next = () => {
    const { value: seed, done } = seeds.next();
    if (done === true || (isSearch(work) && reports.at(-1)?.failure)) {
      const { user, system } = process.cpuUsage(before);
      main.postMessage({
        work,
        reports,
        spent: (user + system) / 1_000,
      } satisfies Done);
      return;
    }
    reports.push(runOne(work, seed));
    inRealTime(next);
  };
  inRealTime(next);
});

const isSearch = ({ kind }: Work): boolean => kind === "planted";

function* seedsOf(work: Work): Generator<number, undefined> {
  if (work.kind === "again") {
    yield work.report.seed;
    return;
  }
  const count = work.kind === "seeds" ? work.count : work.most;
  for (let place = 0; place < count; place += 1) yield work.from + place;
}

function runOne(work: Work, seed: number): Report {
  if (work.kind !== "planted") return runSeed({ plan: planOf(seed) });
  const { name } = work;
  const bug = plantedBugs[name]();
  return runSeed({ plan: planOf(seed, emphasisFor(name)), bug });
}
