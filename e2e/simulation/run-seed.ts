import { armCrashPoints } from "@cartwright/kernel/crash-point";
import { restartIds } from "@cartwright/kernel/ids";
import {
  noBug,
  type PlantedBug,
} from "@cartwright/testing/planted/planted-bug";
import { Chaos } from "./chaos.ts";
import { checkEverything } from "./checks/check-everything.ts";
import { watchCommits } from "./checks/watch-commits.ts";
import { unfinished } from "./checks/unfinished.ts";
import { beginning, Kernel } from "./kernel.ts";
import type { Plan } from "./plan.ts";
import { seedShop } from "./seed-shop.ts";
import { shop, someWish } from "./shopper.ts";
import { Violation, type Invariant } from "./violation.ts";
import { enter } from "./virtual-globals.ts";
import { World } from "./world.ts";

export type Report = {
  readonly seed: number;
  readonly hash: string;
  readonly orders: number;
  readonly events: number;
  /** Virtual milliseconds. */
  readonly lasted: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly passed: Readonly<Record<string, number>>;
  readonly deaths: Readonly<Record<string, number>>;
  readonly failure?: {
    readonly invariant: Invariant | "crash";
    readonly detail: string;
    readonly last: readonly string[];
  };
};

export type RunOptions = {
  readonly plan: Plan;
  readonly bug?: PlantedBug;
  readonly watch?: (line: string) => void;
};

/** How long after the last fault everything must have come to its end; virtual milliseconds. */
const patience = 10 * 60_000;

/**
 * One run, from the plan alone: the same plan gives the same hash. To be called from a callback of the
 * event loop, in a process whose globals are replaced.
 */
export function runSeed({ plan, bug = noBug, watch }: RunOptions): Report {
  const kernel = new Kernel(plan.seed);
  kernel.trace.watch = watch;
  enter(kernel);
  restartIds();
  const world = new World(plan, kernel, bug);
  const chaos = new Chaos(world);
  const disarm = armCrashPoints(chaos.at);
  try {
    watchCommits(world);
    act(world, chaos);
    return report(world, chaos);
  } catch (error) {
    return { ...report(world, chaos), failure: failureOf(error, kernel) };
  } finally {
    disarm();
    enter(undefined);
  }
}

function act(world: World, chaos: Chaos): void {
  const { kernel, plan } = world;
  seedShop(world);
  for (const [service, replicas] of Object.entries(plan.replicas))
    for (let place = 0; place < replicas; place += 1) world.start(service);
  chaos.begin();
  for (let number = 0; number < plan.orders; number += 1)
    kernel.schedule(kernel.random() * plan.duration, () => {
      const purchase = someWish(kernel, number);
      world.purchases.push(purchase);
      void shop({ kernel, purchase, shop: () => world.ready("order") });
    });
  runUntil(kernel, beginning + plan.duration);
  chaos.end();
  const deadline = kernel.now() + patience;
  while (unfinished(world).length > 0 && kernel.now() < deadline)
    runUntil(kernel, kernel.now() + 500);
  checkEverything(world);
}

function runUntil(kernel: Kernel, at: number): void {
  let reached = false;
  kernel.schedule(at - kernel.now(), () => (reached = true));
  kernel.run(() => reached);
}

function report(world: World, chaos: Chaos): Report {
  const { kernel, faults, plan, tables } = world;
  return {
    seed: plan.seed,
    hash: kernel.trace.hash(),
    orders: tables.count("order", "orders"),
    events: kernel.handled,
    lasted: kernel.now() - beginning,
    faults: Object.fromEntries(faults.counts),
    passed: Object.fromEntries(chaos.passed),
    deaths: Object.fromEntries(chaos.deaths),
  };
}

function failureOf(
  error: unknown,
  kernel: Kernel,
): NonNullable<Report["failure"]> {
  return {
    invariant: error instanceof Violation ? error.invariant : "crash",
    detail:
      error instanceof Violation
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error),
    last: kernel.trace.last(30),
  };
}
