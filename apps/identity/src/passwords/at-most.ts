import { Refusal } from "@cartwright/kernel/refusal";

export type Limited = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs at most `limit` pieces of work at a time; `maxWaiting` more stand in line, the rest are refused. */
export function atMost(limit: number, maxWaiting: number): Limited {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function enter(): Promise<void> {
    if (running < limit) {
      running += 1;
      return;
    }
    if (waiting.length >= maxWaiting) {
      throw new Refusal(
        "service-unavailable",
        "Too many are logging in right now. Please try again.",
      );
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  /** The place passes to whoever is next in line. */
  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }

  return async (work) => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
