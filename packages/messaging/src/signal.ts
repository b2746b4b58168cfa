import type { Duration } from "@cartwright/kernel/duration";

/** A bell that one loop waits for. Rung before the wait, it is heard at once. */
export function signal() {
  let rung = false;
  let hear: (() => void) | undefined;
  return {
    fire(): void {
      rung = true;
      hear?.();
    },
    /** Forgets rings so far; call it before looking for work, so that none is missed after. */
    reset(): void {
      rung = false;
    },
    /** Until the next ring, at most `limit`. */
    async wait(limit: Duration): Promise<void> {
      if (rung) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, limit);
        hear = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      hear = undefined;
    },
  };
}
