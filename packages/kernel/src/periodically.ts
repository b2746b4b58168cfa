import type { Duration } from "./duration.ts";
import type { Part } from "./part.ts";

type Periodical = {
  readonly name: string;
  readonly every: Duration;
  /** Done at the start and then again and again, never twice at a time; `signal` says that it is to end early. */
  readonly work: (signal: AbortSignal) => Promise<unknown>;
  /** Hears why the work failed; it is done again all the same. */
  readonly failed: (error: unknown) => void;
  /** Awaited by the start, which fails with it. */
  readonly before?: () => Promise<unknown>;
};

/** A part that does what has time, and keeps no process alive for it. Its stop waits for the work in hand. */
export function periodically(options: Periodical): Part {
  const { name, every, work, failed, before } = options;
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const run = () => {
    running ??= work(stopping.signal)
      .then(() => undefined, failed)
      .finally(() => (running = undefined));
  };
  return {
    name,
    async start() {
      await before?.();
      timer = setInterval(run, every);
      timer.unref();
      run();
    },
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}
