import type { CrashPoint } from "@cartwright/kernel/crash-point";
import type { CrashSignal } from "./arm.ts";
import type { PlannedCrash } from "./plans.ts";

/** Crashes of different services that happen together. */
export type Wave = readonly PlannedCrash[];

const at =
  (signal: CrashSignal) =>
  (
    service: PlannedCrash["service"],
    point: CrashPoint,
    pass = 1,
  ): PlannedCrash => ({ service, point, pass, signal });
const kill = at("SIGKILL");
const stop = at("SIGSTOP");

/**
 * Every point at least once, and those of relay and consumer in several services. What only happens
 * when an answer is late (`saga-timer`) is armed where somebody else has just died.
 */
export const kills: readonly Wave[] = [
  [
    kill("order", "order.before-commit", 5),
    kill("payment", "attempt.before-call", 20),
    kill("inventory", "relay.before-publish", 10),
  ],
  [
    kill("order", "order.after-commit", 5),
    kill("payment", "attempt.after-call", 20),
    kill("shipping", "consumer.before-transaction", 5),
  ],
  [
    kill("order", "relay.after-publish", 10),
    kill("inventory", "consumer.after-handlers", 5),
    kill("notification", "consumer.after-commit", 3),
    kill("catalog", "idempotency.after-take"),
  ],
  [
    kill("order", "consumer.after-inbox", 5),
    kill("payment", "attempt.in-settlement", 5),
    kill("inventory", "idempotency.before-keep", 2),
  ],
  [
    kill("order", "saga-timer.after-lock"),
    kill("inventory", "consumer.after-commit", 5),
    kill("shipping", "relay.after-publish", 5),
  ],
  [
    kill("order", "saga.after-lock", 5),
    kill("payment", "attempt.after-settlement", 5),
    kill("analytics", "consumer.after-commit", 2),
    kill("catalog", "relay.after-delete"),
  ],
  [
    kill("order", "saga-timer.after-commit"),
    kill("payment", "consumer.after-handlers", 5),
    kill("inventory", "idempotency.after-take", 2),
  ],
  [
    kill("order", "saga.after-save", 5),
    kill("payment", "relay.after-delete", 5),
    kill("inventory", "consumer.after-inbox", 5),
    kill("catalog", "idempotency.before-keep"),
  ],
];

const needsLateAnswers = ({ point }: PlannedCrash): boolean =>
  point.startsWith("saga-timer");

/** The same, stopped for longer than lease and session last and then woken in the middle of it; who makes answers late still dies. */
const stopped = (wave: Wave): Wave =>
  wave.map((crash) =>
    wave.some(needsLateAnswers) && !needsLateAnswers(crash)
      ? crash
      : { ...crash, signal: "SIGSTOP" },
  );

/** Zombies: every point at least once, and some where a zombie has most to spoil. */
export const stops: readonly Wave[] = [
  [
    stop("order", "relay.before-publish", 10),
    stop("payment", "attempt.after-call", 20),
    stop("inventory", "consumer.after-handlers", 5),
  ],
  [
    stop("order", "saga.after-save", 5),
    stop("payment", "relay.after-publish", 5),
    stop("inventory", "consumer.after-commit", 5),
  ],
  ...kills.map(stopped),
];

/** After so many rounds every point has been stopped: a stop takes its time, so only two of those waves run in each. */
export const turns = stops.length / 2;

/** The waves of one round. */
export const wavesOf = (turn: number): readonly Wave[] => [
  ...kills,
  ...stops.filter((_, place) => place % turns === turn % turns),
];
