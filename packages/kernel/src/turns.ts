import { seconds } from "./duration.ts";

/**
 * Does `work` when it is its turn. `since`, milliseconds since 1970, is when that began of which the work is a part: what has
 * been under way for longest goes first. Work should gather what it takes up within its turn, not before.
 */
export type Turn = <T>(since: number, work: () => Promise<T>) => Promise<T>;

/** Everybody works at once. */
export const noTurns: Turn = (_, work) => work();

/** Whoever takes longer goes on without a place: a foreign lock that holds up some must not hold up all. */
const longestTurn = seconds(1);

type Waiting = { readonly since: number; readonly begin: () => void };

/** No more than `places` work at a time. */
export function turns(places: number): Turn {
  const waiting: Waiting[] = [];
  let taken = 0;

  /** Resolves with what gives the place back. */
  async function place(since: number): Promise<() => void> {
    if (taken === places)
      await new Promise<void>((begin) => waiting.push({ since, begin }));
    else taken += 1;
    return giveBack();
  }

  /** A place that somebody waits for is handed on, and never free in between. */
  function giveBack(): () => void {
    let isOurs = true;
    return () => {
      if (!isOurs) return;
      isOurs = false;
      const next = takeOldest(waiting);
      if (next) next.begin();
      else taken -= 1;
    };
  }

  return async (since, work) => {
    const leave = await place(since);
    const overdue = setTimeout(leave, longestTurn);
    try {
      return await work();
    } finally {
      clearTimeout(overdue);
      leave();
    }
  };
}

/** Of several that are as old as each other, the one that came first. */
function takeOldest(waiting: Waiting[]): Waiting | undefined {
  const times = waiting.map(({ since }) => since);
  const [oldest] = waiting.splice(times.indexOf(Math.min(...times)), 1);
  return oldest;
}
