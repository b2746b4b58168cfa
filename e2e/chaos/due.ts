import { crashPoints, type CrashPoint } from "@cartwright/kernel/crash-point";
import type { CrashSignal } from "./arm.ts";
import { turns } from "./waves.ts";

/** What a run owes each point. */
export type Due = {
  /** How often it is to be killed there; or, where no stops are due, killed or stopped. */
  readonly rounds: number;
  /** How often it is to be stopped there. */
  readonly stops: number;
};

/** With both signals each point is due with each of them; else the stops go by turns, from run to run. */
export function dueOf(rounds: number, signals: string): Due {
  if (signals === "some") return { rounds, stops: 0 };
  if (signals !== "both")
    throw new Error(`--signals takes some or both, not ${signals}.`);
  if (rounds < turns)
    throw new Error(
      `--signals both takes ${turns} --rounds at least: in fewer not every point is stopped.`,
    );
  return { rounds, stops: Math.floor(rounds / turns) };
}

/** Which stops the first round has; a whole number, from 0. */
export function turnOf(seed: string): number {
  if (/^\d{1,9}$/.test(seed)) return Number(seed);
  throw new Error(`--seed takes a whole number from 0, not ${seed}.`);
}

/** How often a process was killed or stopped at a point. */
export type PointHits = { readonly killed: number; readonly stopped: number };
export type HitsByPoint = Readonly<Record<CrashPoint, PointHits>>;

type Struck = { readonly point: CrashPoint; readonly signal: CrashSignal };

export function hitsOf(strikes: readonly Struck[]): HitsByPoint {
  const count = (wanted: CrashPoint, by: CrashSignal) =>
    strikes.filter(({ point, signal }) => point === wanted && signal === by)
      .length;
  return Object.fromEntries(
    crashPoints.map((point) => [
      point,
      { killed: count(point, "SIGKILL"), stopped: count(point, "SIGSTOP") },
    ]),
  ) as HitsByPoint;
}

export type Missed = Struck & {
  readonly times: number;
  readonly due: number;
};

/** Points that were hit less often than they should, by signal. */
export const missed = (
  hits: HitsByPoint,
  { rounds, stops }: Due,
): readonly Missed[] =>
  crashPoints.flatMap((point): Missed[] => {
    const { killed, stopped } = hits[point];
    const times = stops === 0 ? killed + stopped : killed;
    return [
      { point, signal: "SIGKILL" as const, times, due: rounds },
      { point, signal: "SIGSTOP" as const, times: stopped, due: stops },
    ].filter((one) => one.times < one.due);
  });
