export type Turns = <T>(
  signal: AbortSignal,
  work: () => Promise<T>,
) => Promise<T>;

/** Lets so many work at a time, in the order they came in. Who is aborted while it waits has no turn any more. */
export function turns(atOnce: number): Turns {
  const waiting = new Set<() => void>();
  let free = atOnce;

  const pass = () => {
    const [next] = waiting;
    if (next) next();
    else free += 1;
  };

  function turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    const leave = () => {
      waiting.delete(begin);
      reject(signal.reason as Error);
    };
    const begin = () => {
      waiting.delete(begin);
      signal.removeEventListener("abort", leave);
      resolve(undefined);
    };
    waiting.add(begin);
    signal.addEventListener("abort", leave, { once: true });
    return promise;
  }

  return async (signal, work) => {
    await turn(signal);
    try {
      return await work();
    } finally {
      pass();
    }
  };
}
