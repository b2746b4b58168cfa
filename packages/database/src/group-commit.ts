import type { Turn } from "@cartwright/kernel/turns";
import { isExhausted, isUnavailable } from "./is-retryable.ts";

/**
 * Runs items in groups without a timer: at most `inFlight` groups at a time, and whoever arrives
 * meanwhile forms the next, when its turn has come. Under load groups grow and commits per item fall; an item that comes
 * alone goes alone. A group that fails is run again one by one, so that one item hurts no other; but
 * not while the database takes nobody's, and where no connection was to be had, that goes for all who wait.
 */
export function groupCommit<Item, Result>(options: {
  readonly maxGroup: number;
  readonly inFlight: number;
  readonly turn: Turn;
  /** One result per item, in order. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>;
}): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let running = 0;
  /** Whoever waits when the turn has come; nobody, where another group had its turn before. */
  const runNext = async () =>
    waiting.length > 0 && runGroup(waiting.splice(0, options.maxGroup));

  async function runGroup(
    group: readonly Waiting<Item, Result>[],
  ): Promise<void> {
    try {
      const results = await options.run(group.map(({ item }) => item));
      group.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      if (isExhausted(error))
        for (const one of [...group, ...waiting.splice(0)]) one.reject(error);
      else if (group.length > 1 && !isUnavailable(error))
        await Promise.all(group.map((one) => runGroup([one])));
      else for (const one of group) one.reject(error);
    }
  }

  function next(): void {
    while (running < options.inFlight && waiting.length > 0) {
      running += 1;
      void options.turn(Date.now(), runNext).then(() => {
        running -= 1;
        next();
      });
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      // After the requests that arrived in the same turn of the event loop.
      if (waiting.length === 1) setImmediate(next);
    });
}

type Waiting<Item, Result> = {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
};
