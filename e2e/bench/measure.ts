import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "@cartwright/kernel/duration";
import type { Platform } from "../support/platform.ts";
import { differences } from "../support/totals.ts";
import { readCounters, type Counters } from "./counters.ts";
import {
  databaseFigures,
  outcomesBetween,
  ordersIn,
  outboxRows,
  runningOrders,
  type DatabaseFigures,
  type Outcomes,
} from "./database-figures.ts";
import { busyShare, bytesOnDisk } from "./host.ts";
import type { LoadCommand, LoadPlan, LoadReport } from "./load-plan.ts";
import { rowsBetween, rowsByTable, type RowsByTable } from "./table-figures.ts";
import type { Started } from "./started.ts";
import { usageOf, usedBetween, type Usage } from "./usage.ts";
import { watch } from "./watch.ts";

/** What one run under load came to, between two instants. */
export type Figures = {
  readonly rate: number | undefined;
  readonly seconds: number;
  readonly load: LoadReport;
  readonly outcomes: Outcomes;
  readonly database: DatabaseFigures;
  readonly counters: Counters;
  readonly rows: RowsByTable;
  readonly usage: readonly Usage[];
  /** By all of the machine. */
  readonly bytesOnDisk: number;
  readonly spans: number;
  /** Seconds that the oldest message of any outbox had been waiting, looked at four times a second, ascending. */
  readonly outboxAges: readonly number[];
  /** Share of the machine's time that was used, and that the host took away. */
  readonly machine: { readonly busy: number; readonly stolen: number };
  /** Sentences about sums that do not add up once all orders have ended; must be none. */
  readonly differences: readonly string[];
};

/** Loads the platform, measures for a while once it is warm, and waits until every order has ended. */
export async function measure(
  started: Started,
  plan: LoadPlan,
  times: {
    readonly warmUp: number;
    readonly seconds: number;
    /** Adding everything up takes too long for a million orders. */
    readonly recount?: boolean;
  },
): Promise<Figures> {
  const { platform } = started;
  const before = await ordersIn(platform);
  const load = fork(new URL("load.ts", import.meta.url));
  const tell = (command: LoadCommand) => {
    if (load.connected) load.send(command, () => undefined); // it may be leaving just now
  };
  const watching = watch(platform, plan.rate === undefined ? tell : undefined);
  tell({ kind: "start", plan });
  await sleep(seconds(times.warmUp));
  watching.forget();
  tell({ kind: "measure" });
  const first = await snapshot(started);
  await sleep(seconds(times.seconds));
  const second = await snapshot(started);
  const outboxAges = watching.outboxAges();

  const reported = once(load, "message") as Promise<[LoadReport]>;
  tell({ kind: "stop" });
  const [report] = await reported;
  watching.stop();
  const found = await ended(
    started,
    before + report.acceptedInAll,
    times.recount,
  );
  return {
    rate: plan.rate,
    load: report,
    outcomes: await outcomesBetween(platform, first.at, second.at),
    outboxAges,
    differences: found,
    ...between(first, second),
  };
}

type Snapshot = Awaited<ReturnType<typeof snapshot>>;

export async function snapshot({ platform, metrics, telemetry }: Started) {
  const [database, usage, counters, rows] = await Promise.all([
    databaseFigures(platform),
    usageOf(platform),
    readCounters(metrics),
    rowsByTable(platform),
  ]);
  const machine = busyShare();
  return {
    at: new Date(),
    database,
    usage,
    counters,
    rows,
    machine,
    bytesOnDisk: bytesOnDisk(),
    spans: telemetry.spans(),
  };
}

export function between(first: Snapshot, second: Snapshot) {
  const { database, counters } = second;
  return {
    seconds: (second.at.getTime() - first.at.getTime()) / 1_000,
    database: {
      commits: database.commits - first.database.commits,
      walBytes: database.walBytes - first.database.walBytes,
      wholePages: database.wholePages - first.database.wholePages,
    },
    counters: {
      batches: counters.batches - first.counters.batches,
      batchedRecords: counters.batchedRecords - first.counters.batchedRecords,
      publications: counters.publications - first.counters.publications,
      publishedRecords:
        counters.publishedRecords - first.counters.publishedRecords,
    },
    rows: rowsBetween(first.rows, second.rows),
    usage: usedBetween(first.usage, second.usage),
    bytesOnDisk: second.bytesOnDisk - first.bytesOnDisk,
    spans: second.spans - first.spans,
    machine: second.machine.since(first.machine),
  };
}

/** Waits until every order has ended; what does not add up then. */
export async function ended(
  { platform }: Started,
  placed: number,
  recount = true,
): Promise<string[]> {
  const look = async () =>
    recount ? differences(platform, placed) : contradictions(platform, placed);
  const deadline = Date.now() + seconds(120);
  for (;;) {
    const found = await look();
    if (found.length === 0 || Date.now() > deadline) return found;
    await sleep(seconds(1));
  }
}

/** The least that must hold. */
async function contradictions(
  platform: Platform,
  placed: number,
): Promise<string[]> {
  const orders = await ordersIn(platform);
  const waiting = await outboxRows(platform);
  const running = await runningOrders(platform);
  return [
    ...(orders === placed
      ? []
      : [`not so: ${placed} orders were accepted and ${orders} are there`]),
    ...(running === 0
      ? []
      : [`not so: every order has ended: ${running} have not`]),
    ...(waiting === 0
      ? []
      : [`not so: the outboxes are empty: ${waiting} messages wait`]),
  ];
}
