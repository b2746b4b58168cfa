import {
  eventKinds,
  faultKinds,
  type Chances,
  type EventKind,
} from "./faults.ts";
import { seededRandom } from "./seeded-random.ts";
import type { DatabaseFaults } from "./database/faults.ts";
import type { Distance } from "./remote.ts";

/** What a seed draws: which faults are on and how often, how many orders, how far everybody is apart. */
export type Plan = {
  readonly seed: number;
  readonly orders: number;
  /** Orders come, and faults happen, for so long; virtual milliseconds. */
  readonly duration: number;
  readonly chances: Chances;
  readonly database: DatabaseFaults;
  /** Mean time between two events of a kind; kinds that are off are missing. */
  readonly every: Readonly<Partial<Record<EventKind, number>>>;
  /** Of each crash point that is passed. */
  readonly deathAtPoint: number;
  readonly replicas: Readonly<Record<string, number>>;
  readonly distance: Distance;
  readonly partitions: number;
  readonly fetchLimit: number;
  readonly scarceUnits: number;
  readonly autoDispatchAfter: number | undefined;
  readonly providerDelay: number;
  /** Sagas wait so much shorter than they would in production. */
  readonly timeScale: number;
};

/** What a planted bug needs to show itself, in place of what the lot would give. */
export type Emphasis = {
  readonly chances?: Chances;
  readonly every?: Plan["every"];
  readonly database?: Partial<DatabaseFaults>;
};

const frequency: Readonly<Record<EventKind, number>> = {
  kill: 4_000,
  "kill-at-point": 1,
  freeze: 6_000,
  "broker-down": 12_000,
  "offsets-reset": 10_000,
  rebalance: 8_000,
  "database-down": 12_000,
};

export function planOf(seed: number, emphasis: Emphasis = {}): Plan {
  const random = seededRandom(seed ^ 0x5f3759df);
  const between = (from: number, to: number) => from + random() * (to - from);
  const whole = (from: number, to: number) => Math.floor(between(from, to + 1));
  const sometimes = (share: number) => random() < share;
  const calm = sometimes(0.05);
  const on = (share: number) => !calm && sometimes(share);

  const chances: Partial<Record<(typeof faultKinds)[number], number>> = {};
  for (const kind of faultKinds)
    if (on(0.35)) chances[kind] = between(0.01, 0.15);
  const database = {
    lostStatement: on(0.3) ? between(0.0005, 0.01) : 0,
    lostCommit: on(0.3) ? between(0.001, 0.03) : 0,
    lostCommitReply: on(0.3) ? between(0.001, 0.03) : 0,
    deadlock: on(0.3) ? between(0.0005, 0.01) : 0,
    serialization: on(0.3) ? between(0.001, 0.03) : 0,
  };
  const every: Partial<Record<EventKind, number>> = {};
  for (const kind of eventKinds)
    if (on(0.3)) every[kind] = frequency[kind] * between(0.5, 2);
  const replicas = {
    order: whole(1, 3),
    payment: whole(1, 2),
    inventory: whole(1, 2),
    shipping: whole(1, 2),
    notification: 1,
  };
  return {
    seed,
    orders: whole(20, 60),
    duration: between(5_000, 20_000),
    chances: { ...chances, ...emphasis.chances },
    database: { ...database, ...emphasis.database },
    every: { ...every, ...emphasis.every },
    deathAtPoint: every["kill-at-point"] ? between(0.0005, 0.003) : 0,
    replicas,
    distance: { least: between(0.1, 1), most: between(1, 40) },
    partitions: whole(1, 6),
    fetchLimit: whole(1, 100),
    scarceUnits: whole(1, 12),
    autoDispatchAfter: sometimes(0.6) ? whole(100, 6_000) : undefined,
    providerDelay: whole(500, 5_000),
    timeScale: between(0.015, 0.05),
  };
}
