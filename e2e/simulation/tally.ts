import { crashPoints } from "@cartwright/kernel/crash-point";
import { eventKinds, faultKinds } from "./faults.ts";
import type { Report } from "./run-seed.ts";

type Counts = Record<string, number>;

/** What all runs together came to. */
export class Tally {
  seeds = 0;
  orders = 0;
  /** Virtual milliseconds. */
  lasted = 0;
  events = 0;
  readonly faults: Counts = {};
  readonly passed: Counts = {};
  readonly deaths: Counts = {};
  readonly failures: Report[] = [];

  add(report: Report): void {
    this.seeds += 1;
    this.orders += report.orders;
    this.lasted += report.lasted;
    this.events += report.events;
    addTo(this.faults, report.faults);
    addTo(this.passed, report.passed);
    addTo(this.deaths, report.deaths);
    if (report.failure) this.failures.push(report);
  }

  /** What never happened, so that nothing is known of it. */
  missing(): string[] {
    const kinds = [...faultKinds, ...eventKinds];
    const points = crashPoints.filter((point) => !unreached.has(point));
    return [
      ...kinds.filter((kind) => !this.faults[kind]),
      ...points
        .filter((point) => !this.deaths[point])
        .map((point) => `death at ${point}`),
    ];
  }
}

/** Points of requests that no simulated shopper makes. */
const unreached: ReadonlySet<string> = new Set([
  "idempotency.after-take",
  "idempotency.before-keep",
]);

function addTo(sums: Counts, counts: Readonly<Counts>): void {
  for (const [name, count] of Object.entries(counts))
    sums[name] = (sums[name] ?? 0) + count;
}
