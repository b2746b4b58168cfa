import { setTimeout as sleep } from "node:timers/promises";
import { minutes, seconds, type Duration } from "@cartwright/kernel/duration";
import type { Hit } from "./arm.ts";
import type { Chaos } from "./chaos.ts";
import type { CrashPlans, PlannedCrash } from "./plans.ts";
import { hitsOf, missed, type Due } from "./due.ts";
import { kills, stops, wavesOf, type Wave } from "./waves.ts";

export type GridOptions = {
  /** How often every point is to be hit: so many rounds there are. */
  readonly due: Due;
  /** Which stops the first round has. */
  readonly turn: number;
  /** How long a stopped process is left so: longer than lease and session. */
  readonly stoppedFor: Duration;
};

/** A crash that happened. */
export type Strike = Hit & {
  /** From the hit until orders placed right then had ended. */
  readonly recovery: Duration;
};

const hitWithin = minutes(0.5);
const extraRounds = 2;

/**
 * Runs the waves one after the other, those with points that were not reached again. Adds to `strikes`
 * as they happen: they are known also when the platform does not come back and this throws.
 */
export async function runGrid(
  chaos: Chaos,
  plans: CrashPlans,
  { due, turn, stoppedFor }: GridOptions,
  strikes: Strike[],
): Promise<void> {
  let number = 0;
  async function run(some: readonly Wave[]): Promise<void> {
    for (const wave of some) {
      number += 1;
      strikes.push(
        ...(await runWave(chaos, plans, number, { wave, stoppedFor })),
      );
      await chaos.allReady();
    }
  }
  for (let round = 0; round < due.rounds; round += 1)
    await run(wavesOf(turn + round));
  for (let extra = 1; extra <= extraRounds; extra += 1)
    await run(wavesThatHit(missed(hitsOf(strikes), due)));
}

const wavesThatHit = (
  wanted: readonly Pick<PlannedCrash, "point" | "signal">[],
): readonly Wave[] =>
  [...kills, ...stops].filter((wave) =>
    wave.some((crash) =>
      wanted.some(
        ({ point, signal }) => crash.point === point && crash.signal === signal,
      ),
    ),
  );

async function runWave(
  chaos: Chaos,
  plans: CrashPlans,
  number: number,
  { wave, stoppedFor }: { wave: Wave; stoppedFor: Duration },
): Promise<Strike[]> {
  plans.arm(number, wave);
  const strikes = await Promise.all(
    wave.map((crash) => struck(chaos, plans, number, { crash, stoppedFor })),
  );
  plans.disarm(wave);
  for (const [index, strike] of strikes.entries()) {
    const { service, point, signal } = wave[index] ?? {};
    chaos.say(
      strike
        ? `${signal} ${service} at ${point}: back after ${(strike.recovery / 1_000).toFixed(1)} s`
        : `${service} did not come to ${point}`,
    );
  }
  return strikes.filter((strike) => strike !== undefined);
}

async function struck(
  chaos: Chaos,
  plans: CrashPlans,
  wave: number,
  { crash, stoppedFor }: { crash: PlannedCrash; stoppedFor: Duration },
): Promise<Strike | undefined> {
  const hit =
    (await firstHit(plans, wave, crash)) ?? lastHit(plans, wave, crash);
  if (hit === undefined) return undefined;
  const [recovery] = await Promise.all([
    chaos.canary(),
    hit.signal === "SIGSTOP" ? wake(chaos, hit, stoppedFor) : undefined,
  ]);
  return { ...hit, recovery };
}

async function firstHit(
  plans: CrashPlans,
  wave: number,
  { service }: PlannedCrash,
): Promise<Hit | undefined> {
  const end = performance.now() + hitWithin;
  while (performance.now() < end) {
    const hit = plans.hit(wave, service);
    if (hit) return hit;
    await sleep(50);
  }
  return undefined;
}

/** Nobody wakes what stops itself when it is no longer waited for: so its plan is taken back, and it may have been too late for that. */
function lastHit(
  plans: CrashPlans,
  wave: number,
  crash: PlannedCrash,
): Hit | undefined {
  plans.disarm([crash]);
  return plans.hit(wave, crash.service);
}

/** The fault itself is time: nothing is waited for but the end of lease and session. */
async function wake(chaos: Chaos, { pid }: Hit, after: Duration) {
  await sleep(after);
  process.kill(pid, "SIGCONT");
  chaos.faultEnded();
}

/** What a stop lasts unless told: two seconds and a half beyond lease and session. */
export const briefStop = seconds(12.5);
