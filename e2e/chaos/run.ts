import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { days, seconds } from "@cartwright/kernel/duration";
import { whyKafkaCannotRun } from "@cartwright/messaging/dev/kafka-jars";
import { differences } from "../support/totals.ts";
import { collect } from "./collect.ts";
import type { Fault, FaultSuite } from "./chaos.ts";
import { dueOf, turnOf } from "./due.ts";
import { faultSuite } from "./faults/index.ts";
import { briefStop, runGrid, type Strike } from "./grid.ts";
import type { Violation } from "./invariants/evidence.ts";
import { allViolations } from "./invariants/all.ts";
import { partsIn, placeOf } from "./parts.ts";
import { notQuiet, untilQuiet } from "./quiet.ts";
import {
  failuresOf,
  publish,
  reportOf,
  writeReport,
  type FaultReport,
} from "./report.ts";
import { startSystem, type System } from "./system.ts";
import { wholeTables } from "./whole-tables.ts";

/** `npm run test:chaos`, and `test:chaos:long` for twenty rounds with stops of a minute. */
const { values: options } = parseArgs({
  options: {
    /** At least so many orders, all phases together. */
    orders: { type: "string", default: "20000" },
    /** How often each wave of the grid runs. */
    rounds: { type: "string", default: "1" },
    /** `both`: each point is killed in every round, and stopped once in five; else its stops go by turns, from run to run. */
    signals: { type: "string", default: "some" },
    /** Which stops the first round has; by the day, so that every point has its turn within five. */
    seed: { type: "string", default: String(Math.floor(Date.now() / days(1))) },
    /** How long a stopped process is left so, seconds. */
    stop: { type: "string", default: String(briefStop / 1_000) },
    /** Of the faults, only the one of this name. */
    fault: { type: "string" },
    /** How long a service, or its way to the brokers, is away, seconds. */
    away: { type: "string", default: "25" },
    /** How long processes are struck again and again, seconds. */
    unrest: { type: "string", default: "40" },
    /** Shoppers at the same time, and how many orders may be under way. */
    crowd: { type: "string", default: "48" },
    open: { type: "string", default: "800" },
    /** Orders that are placed in a second at most: two cores that are overrun take twice as long to start a process. */
    rate: { type: "string", default: "40" },
    /** Which parts, see `parts.ts`. */
    only: { type: "string", default: "grid,faults" },
    /** Where the report goes. */
    report: { type: "string", default: ".data/chaos" },
    /** Writes the figures into `docs/reliability.md`, see `placeOf`. */
    publish: { type: "boolean", default: false },
    /** Succeeds, having done nothing, where Kafka cannot run. */
    "skip-without-kafka": { type: "boolean", default: false },
  },
});

const parts = partsIn(options.only);
const turn = turnOf(options.seed);
const due = parts.includes("grid")
  ? dueOf(Number(options.rounds), options.signals)
  : { rounds: 0, stops: 0 };
const suite = faultSuite(parts, {
  away: seconds(Number(options.away)),
  unrest: seconds(Number(options.unrest)),
});

const stopsWithin = seconds(60);

const say = (sentence: string): void =>
  console.log(
    `${`${(performance.now() / 1_000).toFixed(1)} s`.padStart(8)}  ${sentence}`,
  );

async function runFaults(
  { chaos }: System,
  { faults }: FaultSuite,
  reports: FaultReport[],
): Promise<void> {
  const strike = async (
    { id, name, about, run }: Fault,
    meanwhile: readonly Fault[],
  ) => {
    chaos.say(`${id} ${name}: ${about}`);
    const outcome = await run(chaos, () => strikeEach(meanwhile));
    reports.push({ id, name, about, ...outcome });
    await chaos.allReady();
  };
  const strikeEach = async (some: readonly Fault[]) => {
    for (const fault of some) await strike(fault, fault.meanwhile ?? []);
  };
  if (options.fault === undefined) await strikeEach(faults);
  else
    for (const fault of faults.flatMap((one) => [
      one,
      ...(one.meanwhile ?? []),
    ]))
      if (fault.name === options.fault) await strike(fault, []);
}

/** What a platform that does not come back is found guilty of; the checkers still have their say. */
async function violationOf(work: Promise<void>): Promise<Violation[]> {
  try {
    await work;
    return [];
  } catch (error) {
    say(String(error));
    return [{ invariant: "I5", sentence: String(error), count: 1 }];
  }
}

async function examine(system: System) {
  const { chaos, plans, shoppers, topics, watchedSince } = system;
  say("shoppers have come");
  if (due.rounds > 0) say(`the stops are those of --seed ${turn}`);
  const stoppedFor = seconds(Number(options.stop));
  const strikes: Strike[] = [];
  const faults: FaultReport[] = [];
  const notBack = [
    ...(await violationOf(
      runGrid(chaos, plans, { due, turn, stoppedFor }, strikes),
    )),
    ...(await violationOf(runFaults(system, suite, faults))),
  ];
  say(`the last fault is over; ${chaos.accepted()} orders so far`);
  await shoppers.atLeast(Number(options.orders));
  await shoppers.stop();
  const quiet = await untilQuiet(chaos.platform, topics);
  say(quiet ? "all is quiet" : notQuiet);
  const tables = wholeTables(chaos.platform);
  const evidence = await collect(tables, {
    history: chaos.history,
    published: topics.rows(),
    watchedSince,
    lastFaultAt: system.lastFaultAt(),
  });
  const totals = await differences(tables);
  await tables.stop();
  const violations = [
    ...notBack,
    ...(quiet ? [] : [{ invariant: "quiet", sentence: notQuiet, count: 1 }]),
    ...allViolations(evidence),
    ...totals.map((sentence) => ({ invariant: "totals", sentence, count: 1 })),
  ];
  return reportOf(evidence, {
    seconds: performance.now() / 1_000,
    due,
    strikes,
    faults,
    violations,
  });
}

async function main(): Promise<void> {
  const missing = await whyKafkaCannotRun();
  if (missing !== undefined) {
    console.error(`The chaos tests cannot run here: ${missing}`);
    process.exitCode = options["skip-without-kafka"] ? 0 : 1;
    return;
  }
  const system = await startSystem(
    {
      crowd: Number(options.crowd),
      openOrders: Number(options.open),
      rate: Number(options.rate),
    },
    suite,
    say,
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      void system.stop().finally(() => process.exit(1)); // nothing of it goes on alone
    });
  try {
    const report = await examine(system);
    await writeReport(options.report, report);
    if (options.publish)
      await publish("docs/reliability.md", placeOf(parts), report);
    const failures = failuresOf(report);
    for (const failure of failures) console.error(failure);
    const struck = report.recoveries.length;
    const injected = report.faults.reduce((sum, one) => sum + one.injected, 0);
    console.log(
      `${report.orders.accepted} orders, ${struck} crashes, ${injected} faults, ${failures.length} failures`,
    );
    process.exitCode = failures.length === 0 ? 0 : 1;
  } finally {
    await Promise.race([system.stop(), sleep(stopsWithin)]);
  }
}

await main();
// A client may still wait for brokers that are gone; what was to be found has been found.
process.exit();
