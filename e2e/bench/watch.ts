import { setTimeout as sleep } from "node:timers/promises";
import type { Platform } from "../support/platform.ts";
import { outboxAge, runningOrders } from "./database-figures.ts";
import type { LoadCommand } from "./load-plan.ts";

const ageEvery = 250;
const runningEvery = 200;

/** Notes how old the outboxes get and, for a closed loop, tells the shoppers how many orders are on their way. */
export function watch(
  platform: Platform,
  tell: ((command: LoadCommand) => void) | undefined,
) {
  let ages: number[] = [];
  let stopped = false;
  const every = async (pause: number, look: () => Promise<void>) => {
    while (!stopped) {
      await look();
      await sleep(pause);
    }
  };
  if (tell)
    void every(runningEvery, async () =>
      tell({ kind: "running", orders: await runningOrders(platform) }),
    );
  void every(ageEvery, async () => void ages.push(await outboxAge(platform)));
  return {
    outboxAges: () => ages.toSorted((a, b) => a - b),
    /** The warm-up is over. */
    forget: () => (ages = []),
    stop: () => (stopped = true),
  };
}
