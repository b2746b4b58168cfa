import type { ServiceName } from "@cartwright/contracts/services";
import type { Duration } from "@cartwright/kernel/duration";
import type { Platform } from "../support/platform.ts";
import type { Shop } from "../support/shop.ts";
import type { History, Posting } from "./history.ts";
import type { CrashPlans } from "./plans.ts";

/** A process of the platform that can be killed; the provider is the witness and is left alone. */
export type Victim = ServiceName | "gateway";

/** The running platform under load, as the grid and the faults see it. */
export type Chaos = {
  /** Nine processes over a real broker and database, and a second replica of some services. */
  readonly platform: Platform;
  readonly shop: Shop;
  readonly plans: CrashPlans;
  /** What the shoppers have tried so far, and what they were answered. */
  readonly history: History;
  /** The processes of a service that are running now: its replicas, and none while it is being started. */
  pidsOf(service: Victim): readonly number[];
  /** How many orders have been accepted so far. */
  accepted(): number;
  /** A fault has just ended: what is under way has a minute from now on. */
  faultEnded(): void;
  /**
   * Places orders like any shopper, with retries, and resolves once they have ended; how long that took
   * is how long the platform took to be back. Called when a fault has just ended, of which it takes note.
   */
  canary(): Promise<Duration>;
  /** Resolves once every service answers ready, each with all of its replicas. */
  allReady(): Promise<void>;
  /** Places a plain order through this shop, once; whatever it is answered is kept in the history. */
  once(through: Shop): Promise<Posting>;
  /** Puts a product on sale about which as much is said as may be. */
  putLargeOnSale(): Promise<void>;
  say(sentence: string): void;
};

/** A fault of the broker, the database or the network, injected while shoppers go on ordering. */
export type Fault = {
  /** Unique, for instance `broker-killed`. */
  readonly name: string;
  /** What breaks, in one sentence, for the report. */
  readonly about: string;
  /** What `reliability` tables call it, for instance `F14`. */
  readonly id: string;
  /** Faults that strike while this one lasts. */
  readonly meanwhile?: readonly Fault[];
  /**
   * Injects the fault, undoes it, and returns once the platform is back. Throws when it does not come back.
   * `others` strikes with those of `meanwhile`, one after the other.
   */
  run(chaos: Chaos, others: () => Promise<void>): Promise<FaultOutcome>;
};

export type FaultOutcome = {
  /** How many times it struck. */
  readonly injected: number;
  /** From each end of a fault, or from a kill, until orders placed then had ended. */
  readonly recoveries: readonly Duration[];
  /** Further sentences for the report. */
  readonly notes?: readonly string[];
};

/** What `faults/index.ts` exports. */
export type FaultSuite = {
  /** In the order they run in. */
  readonly faults: readonly Fault[];
  /**
   * Called before the platform starts; what it returns is told to every process. `stop` is called at
   * the end.
   */
  prepare?(): Promise<{
    readonly environment: Readonly<Record<string, string>>;
    stop(): Promise<void>;
  }>;
};
