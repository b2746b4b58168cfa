import { AsyncLocalStorage } from "node:async_hooks";
import { EventHeap, type Event } from "./event-heap.ts";
import { seededRandom } from "./seeded-random.ts";
import { Trace } from "./trace.ts";

/**
 * Somebody who can die or be held up: one running instance of a service. What it does carries it along
 * (its timers, its promises), so that all of it ends when it dies.
 */
export class Actor {
  readonly name: string;
  alive = true;
  frozen = false;
  /** What has come for it while it was frozen. */
  readonly deferred: (() => void)[] = [];

  constructor(name: string) {
    this.name = name;
  }
}

/** What simulated parts may use: nothing else knows the time or draws lots. */
export type Scheduler = {
  /** Virtual milliseconds since 1970, with fractions. */
  now(): number;
  /** In [0, 1), the same for the same seed. */
  random(): number;
  /** Runs `action` after `delay` virtual milliseconds, outside of every actor: nobody's death cancels it. */
  schedule(delay: number, action: () => void): Scheduled;
};

export type Scheduled = { cancel(): void };

/** When every run begins. */
export const beginning = Date.UTC(2030, 0, 1);

const actors = new AsyncLocalStorage<Actor>();

/** Whose code is running; undefined in the world outside (servers, shoppers, the run itself). */
export const currentActor = (): Actor | undefined => actors.getStore();

// Runs process.nextTick callbacks and microtasks until none are left, as Node does behind each callback.
const drain = (process as unknown as { _tickCallback(): void })._tickCallback;

/**
 * One run's time and chance. Events happen in the order of their time, those of one time in an order
 * drawn by lot; behind each, all that it has resolved runs to its end. So a run depends on its seed alone.
 */
export class Kernel implements Scheduler {
  readonly seed: number;
  readonly random: () => number;
  readonly trace = new Trace();
  #now = beginning;
  readonly #events = new EventHeap();
  #ordered = 0;
  #failure: { readonly error: unknown } | undefined;
  handled = 0;

  constructor(seed: number) {
    this.seed = seed;
    this.random = seededRandom(seed);
  }

  now(): number {
    return this.#now;
  }

  schedule(delay: number, action: () => void): Scheduled {
    return this.#add(delay, action);
  }

  /** As a server sees it that works off what comes at one time in the order it came. */
  inOrder(): Scheduler {
    return {
      now: () => this.#now,
      random: this.random,
      schedule: (delay, action) =>
        this.#add(delay, action, 1 + (this.#ordered += 1)),
    };
  }

  /** Like `schedule`, but for an actor: not when it is dead by then, and later when it is frozen. */
  scheduleFor(
    actor: Actor | undefined,
    delay: number,
    action: () => void,
  ): Scheduled {
    if (actor === undefined) return this.#add(delay, action);
    return this.#add(delay, () => this.#enter(actor, action));
  }

  /** Like `scheduleFor`, for a server that answers one caller in the order it was asked. */
  deliverTo(actor: Actor, delay: number, action: () => void): Scheduled {
    return this.inOrder().schedule(delay, () => this.#enter(actor, action));
  }

  /** Runs `action` as the actor. */
  runAs<T>(actor: Actor, action: () => T): T {
    return actors.run(actor, action);
  }

  /** Ends the run with this error. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  thaw(actor: Actor): void {
    actor.frozen = false;
    for (const action of actor.deferred.splice(0))
      this.inOrder().schedule(0, () => this.#enter(actor, action));
  }

  /** Draws an integer from `from` to `to`, both included. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.random() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.random() * items.length)];
    if (item === undefined) throw new RangeError("Nothing to pick from.");
    return item;
  }

  /**
   * Lets events happen until `until` says so or none is left. To be called from a callback of the real
   * event loop, never from a promise: there microtasks cannot be drained.
   */
  run(until: () => boolean): void {
    for (;;) {
      drain();
      if (this.#failure) throw this.#failure.error;
      if (until()) return;
      const event = this.#events.pop();
      if (event === undefined) return;
      this.#now = Math.max(this.#now, event.at);
      this.handled += 1;
      event.action();
    }
  }

  /** Lets happen what is due by then, where somebody else's clock sets the pace. */
  advanceTo(time: number): void {
    for (;;) {
      const next = this.#events.next();
      if (next === undefined || next > time) break;
      this.#now = Math.max(this.#now, next);
      this.#events.pop()?.action();
    }
    this.#now = Math.max(this.#now, time);
  }

  #enter(actor: Actor, action: () => void): void {
    if (!actor.alive) return;
    if (actor.frozen) actor.deferred.push(action);
    else actors.run(actor, action);
  }

  #add(delay: number, action: () => void, tie = this.random()): Scheduled {
    const event: Event = { at: this.#now + Math.max(0, delay), tie, action };
    this.#events.push(event);
    return {
      cancel: () => {
        event.action = () => undefined;
      },
    };
  }
}
