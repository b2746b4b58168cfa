import type { Duration } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";

export type DueLoop = Required<Pick<Part, "start" | "stop">> & {
  /** Something may have become due earlier than expected. */
  wake(): void;
};

/** Runs `work` again and again; it says how long there will be nothing to do, and must not throw. */
export function dueLoop(work: () => Promise<Duration>): DueLoop {
  let stopping = false;
  let woken = false;
  let rouse: () => void = () => undefined;
  let loop: Promise<void> = Promise.resolve();

  const pause = (wait: Duration): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, stopping || woken ? 0 : wait);
      rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function run(): Promise<void> {
    while (!stopping) {
      woken = false;
      await pause(await work());
    }
  }

  function wake(): void {
    woken = true;
    rouse();
  }

  return {
    wake,
    start: async () => {
      loop = run();
      await Promise.resolve();
    },
    stop: async () => {
      stopping = true;
      wake();
      await loop;
    },
  };
}
