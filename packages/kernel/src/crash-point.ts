import { inProduction } from "./in-production.ts";

/**
 * Named places where a process may die in a test: between any two steps of which only one may have
 * happened. Nothing in the platform arms them; in production passing one costs a read of a variable.
 */
export const crashPoints = [
  /** Rows are read, nothing is at the broker yet. */
  "relay.before-publish",
  /** The broker has acknowledged; the rows still lie in the outbox. */
  "relay.after-publish",
  /** The rows are gone. */
  "relay.after-delete",
  "consumer.before-transaction",
  /** In the transaction: the messages are in the inbox (analytics: in the archive), and nothing has been done about them. */
  "consumer.after-inbox",
  /** In the transaction: effects and outbox rows are written. */
  "consumer.after-handlers",
  /** Committed here; the broker does not know. */
  "consumer.after-commit",
  /** In the transaction: the instances that a batch answers are locked. */
  "saga.after-lock",
  /** In the transaction: instances, log and commands are written. */
  "saga.after-save",
  /** In the transaction: deadlines that have passed are locked. */
  "saga-timer.after-lock",
  "saga-timer.after-commit",
  /** In the transaction: keys, orders, sagas and messages are written. */
  "order.before-commit",
  /** The orders are placed, and nobody has been told. */
  "order.after-commit",
  /** In the transaction: the key is taken, the work not begun. */
  "idempotency.after-take",
  /** In the transaction: the work is done, its reply not kept. */
  "idempotency.before-keep",
  "attempt.before-call",
  /** The outside has acted, or not; nothing here says so. */
  "attempt.after-call",
  /** In the transaction: outcomes and their events are written. */
  "attempt.in-settlement",
  "attempt.after-settlement",
] as const;

export type CrashPoint = (typeof crashPoints)[number];

/** What happens at a point: it may end the process, or throw to end a simulated one. */
export type CrashHook = (point: CrashPoint) => void;

let armed: CrashHook | undefined;

export function crashPoint(point: CrashPoint): void {
  armed?.(point);
}

/** Lets `hook` act at every point this process passes, until the returned function is called. Refused in production. */
export function armCrashPoints(hook: CrashHook): () => void {
  if (inProduction())
    throw new Error("Crash points are refused in production.");
  if (armed) throw new Error("The crash points are armed already.");
  armed = hook;
  return () => {
    armed = undefined;
  };
}
