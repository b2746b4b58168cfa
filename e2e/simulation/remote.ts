import { currentActor, type Kernel } from "./kernel.ts";

/** How long it takes there and back, drawn anew for each call. */
export type Distance = { readonly least: number; readonly most: number };

export type Answer<T> = {
  give(value: T): void;
  refuse(error: Error): void;
};

/**
 * A call of the actor whose code is running to somebody else. It is served though the caller dies
 * meanwhile; the answer reaches the caller only if it still lives.
 */
export function call<T>(
  kernel: Kernel,
  distance: Distance,
  serve: (answer: Answer<T>) => void,
): Promise<T> {
  const caller = currentActor();
  if (caller?.alive === false) return never();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const back = (action: () => void) =>
    void kernel.scheduleFor(caller, drawn(kernel, distance), action);
  kernel.schedule(drawn(kernel, distance), () => {
    serve({
      give: (value) => back(() => resolve(value)),
      refuse: (error) => back(() => reject(error)),
    });
  });
  return promise;
}

/** For whoever is dead: no answer ever comes. */
export const never = <T>(): Promise<T> => new Promise(() => undefined);

export const pause = (kernel: Kernel, delay: number): Promise<void> =>
  new Promise((resolve) => {
    kernel.scheduleFor(currentActor(), delay, resolve);
  });

const drawn = (kernel: Kernel, { least, most }: Distance): number =>
  least + (most - least) * kernel.random() ** 3;
