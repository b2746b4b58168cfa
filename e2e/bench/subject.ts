import type { Platform } from "../support/platform.ts";
import { measureBacklog, type BacklogSummary } from "./backlog.ts";
import { measureGrowth, type GrowthSummary } from "./growth.ts";
import { hostOf, signatureCost, type Host } from "./host.ts";
import { measureIdle, type IdleSummary } from "./idle.ts";
import { captureOrder } from "./limit/capture.ts";
import { openLimit } from "./limit/limit.ts";
import { choicesOf, openSession } from "./limit/session.ts";
import { measure } from "./measure.ts";
import type { BenchOptions, LoadOptions, Part, Subject } from "./options.ts";
import { customersOf, planOf, start, stock, type Stocked } from "./started.ts";
import {
  limitSummaryOf,
  summaryOf,
  type LimitSummary,
  type RunSummary,
} from "./summary.ts";

/** All that was measured of one mode; what was not asked for is absent. */
export type SubjectReport = Subject & {
  host?: Host;
  /** µs of CPU for one RS256 signature, before and after. */
  signature: { readonly before: number; after?: number };
  idle?: IdleSummary;
  saturated?: RunSummary;
  limit?: LimitSummary;
  open?: RunSummary;
  slow?: RunSummary;
  backlog?: BacklogSummary;
  growth?: GrowthSummary[];
};

export type Say = (sentence: string) => void;

/** Of the knee just measured. */
const openShare = 0.7;
const slowRate = 20;
/** Where no knee was measured. */
const assumedKnee = 100;

/** Measures one mode: one platform for the runs, another for the growth. */
export async function measureSubject(
  subject: Subject,
  options: BenchOptions,
  say: Say,
): Promise<SubjectReport> {
  const report: SubjectReport = {
    ...subject,
    signature: { before: signatureCost() },
  };
  const asked = (part: Part) => options.parts.includes(part);
  if (options.parts.some((part) => part !== "growth")) {
    const started = await start(subject, profiling(options));
    try {
      report.host = await hostOf(started.platform);
      if (asked("idle")) {
        say(`idle for ${options.idleSeconds} s`);
        report.idle = await measureIdle(started, options.idleSeconds);
      }
      if (options.parts.some((part) => part !== "growth" && part !== "idle")) {
        say("stocking the shelves");
        await measureLoads(await stock(started), options, report, say);
      }
    } finally {
      await started.stop();
    }
  }
  if (asked("growth")) await measureSizes(subject, options, report, say);
  report.signature = { ...report.signature, after: signatureCost() };
  return report;
}

async function measureLoads(
  stocked: Stocked,
  options: BenchOptions,
  report: SubjectReport,
  say: Say,
): Promise<void> {
  const { load, parts } = options;
  const run = async (name: string, rate: number | undefined) => {
    say(
      `${name}: ${rate === undefined ? "as many orders as fit" : `${rate} orders/s`} for ${load.seconds} s`,
    );
    return summaryOf(
      await measure(stocked, await planOf(stocked, atRate(load, rate)), load),
    );
  };
  if (parts.includes("saturated"))
    await measureKnee(stocked, options, report, say);
  if (parts.includes("open")) {
    const knee = report.saturated?.finishedPerSecond ?? assumedKnee;
    await cleanUp(stocked.platform);
    report.open = await run("open", load.rate ?? Math.round(knee * openShare));
  }
  if (parts.includes("slow")) {
    await cleanUp(stocked.platform);
    report.slow = await run("slow", slowRate);
  }
  if (parts.includes("backlog") && stocked.mode === "kafka") {
    say(`backlog: ${options.outageSeconds} s without Kafka`);
    const plan = await planOf(stocked, atRate(load, options.backlogRate));
    report.backlog = await measureBacklog(
      stocked,
      { ...plan, rate: options.backlogRate },
      { ...options, ...load },
    );
  }
}

/** The limit, the platform under all it can take, and the limit again. */
async function measureKnee(
  stocked: Stocked,
  { load, limitSeconds }: BenchOptions,
  report: SubjectReport,
  say: Say,
): Promise<void> {
  const plan = await planOf(stocked, atRate(load, undefined));
  if (limitSeconds === 0) {
    report.saturated = summaryOf(await measure(stocked, plan, load));
    return;
  }
  const { specimen, choices } = await exampleOf(stocked);
  const limit = await openLimit(stocked.platform, specimen, choices);
  try {
    const before = await limit.run(limitSeconds);
    say(`limit: ${before.ordersPerSecond.toFixed(0)} orders/s`);
    await administer(stocked.platform, "CHECKPOINT");
    say(`saturated: for ${load.seconds} s after ${load.warmUp} s of warm-up`);
    const figures = await measure(stocked, plan, load);
    report.saturated = summaryOf(figures);
    report.limit = limitSummaryOf(
      before,
      await limit.run(limitSeconds),
      figures,
    );
  } finally {
    await limit.drop();
  }
}

async function measureSizes(
  subject: Subject,
  options: BenchOptions,
  report: SubjectReport,
  say: Say,
): Promise<void> {
  const started = await start(subject, profiling(options));
  try {
    report.host ??= await hostOf(started.platform);
    const stocked = await stock(started);
    const { specimen, choices } = await exampleOf(stocked);
    const load = atRate(options.load, undefined);
    say(`growth: the same load on ${options.sizes.join(", ")} finished orders`);
    report.growth = [];
    const measured = measureGrowth(stocked, specimen, choices, {
      ...options,
      load,
    });
    for await (const size of measured) {
      report.growth.push(size);
      say(
        `growth: ${size.orders} orders, ${size.run.cpuPerOrder.toFixed(2)} ms of CPU each`,
      );
    }
  } finally {
    await started.stop();
  }
}

/** An order of two lines, which is what orders have on average, and who might have placed it. */
async function exampleOf({ platform, shop, products }: Stocked) {
  const customers = await customersOf(shop);
  const [customer = await shop.customer()] = customers;
  const specimen = await captureOrder(
    platform,
    shop,
    customer,
    products.slice(0, 2),
  );
  return { specimen, choices: choicesOf(customers, products) };
}

/** What autovacuum and checkpoints would still do for the load before, done now: whoever comes next would pay for it. */
const cleanUp = (platform: Platform): Promise<void> =>
  administer(platform, "VACUUM ANALYZE", "CHECKPOINT");

async function administer(
  { databaseUrl }: Platform,
  ...statements: readonly string[]
): Promise<void> {
  const db = await openSession(databaseUrl);
  try {
    for (const statement of statements) await db.query(statement);
  } finally {
    await db.close();
  }
}

const atRate = (
  { rate: _, ...load }: LoadOptions,
  rate: number | undefined,
): LoadOptions => ({
  ...load,
  ...(rate !== undefined && { rate }),
});

const profiling = ({ profile }: BenchOptions): Record<string, string> =>
  profile === undefined
    ? {}
    : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profile}` };
