import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "@cartwright/kernel/duration";

type Trap = {
  /** Strikes so many times more. */
  arm(count: number): void;
  /** How often it has struck so far. */
  struck(): number;
};

const apart = 200;

/**
 * Lets a trap strike `count` times with a pause between: whoever is struck tries again, and is not to be
 * struck at every try. Gives up when nobody has come for ten seconds. Returns how often it struck.
 */
export async function oneAtATime(count: number, trap: Trap): Promise<number> {
  const before = trap.struck();
  for (let strike = 1; strike <= count; strike += 1) {
    trap.arm(1);
    const end = performance.now() + seconds(10);
    while (trap.struck() - before < strike && performance.now() < end)
      await sleep(10);
    if (trap.struck() - before < strike) break;
    await sleep(apart);
  }
  trap.arm(0);
  return trap.struck() - before;
}
