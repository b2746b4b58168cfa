import { setTimeout as pause } from "node:timers/promises";
import type { Carrier } from "../src/carriers/carrier.ts";
import { simulatedCarrier } from "../src/carriers/simulated-carrier.ts";

export type TroubledCarrier = Carrier & {
  /** What the carrier would come for, whatever our side believes. */
  readonly live: ReadonlySet<string>;
};

/**
 * Answers in its own time and, of every third parcel, books or cancels and the first time says nothing
 * of it: the witness of what was really ordered.
 */
export function troubledCarrier(): TroubledCarrier {
  const steady = simulatedCarrier({ latency: 0 });
  const live = new Set<string>();
  const cancelled = new Set<string>();
  const asked = new Set<string>();
  const answer = async (question: string, signal: AbortSignal) => {
    const silent = !asked.has(question) && asked.size % 3 === 0;
    asked.add(question);
    await pause((asked.size * 7) % 20, undefined, { signal });
    if (silent) throw new Error("The connection was reset.");
  };
  return {
    ...steady,
    live,
    async book(request, signal) {
      const outcome = await steady.book(request, signal);
      if (outcome.kind === "booked" && !cancelled.has(request.reference)) {
        live.add(request.reference);
      }
      await answer(`book ${request.reference}`, signal);
      return outcome;
    },
    async cancel(reference, signal) {
      cancelled.add(reference);
      live.delete(reference);
      await answer(`cancel ${reference}`, signal);
    },
  };
}
