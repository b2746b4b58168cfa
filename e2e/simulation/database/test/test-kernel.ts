import type { KernelPort } from "../kernel-port.ts";

type Event = {
  readonly at: number;
  readonly place: number;
  action: () => void;
};

/** Virtual time for tests of the database alone: events by time, those of one time in the order given. */
export class TestKernel implements KernelPort {
  readonly #random: () => number;
  #events: Event[] = [];
  #now: number;
  #place = 0;

  constructor(random: () => number, now = Date.now()) {
    this.#random = random;
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  random(): number {
    return this.#random();
  }

  schedule(delayMs: number, fn: () => void): { cancel(): void } {
    const event = {
      at: this.#now + Math.max(0, delayMs),
      place: (this.#place += 1),
      action: fn,
    };
    this.#events.push(event);
    return {
      cancel: () => {
        this.#events = this.#events.filter((other) => other !== event);
      },
    };
  }

  /** Lets everything happen that is due within `ms`, with what the answers lead to. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      await settled();
      const next = this.#earliest();
      if (next === undefined || next.at > until) break;
      this.#events = this.#events.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.action();
    }
    this.#now = until;
  }

  #earliest(): Event | undefined {
    return this.#events.reduce<Event | undefined>(
      (first, event) =>
        first === undefined ||
        event.at < first.at ||
        (event.at === first.at && event.place < first.place)
          ? event
          : first,
      undefined,
    );
  }
}

/** Everything that promises lead to has happened. */
const settled = (): Promise<void> =>
  new Promise((resolve) => setImmediate(resolve));
