import type { Kernel } from "./kernel.ts";

/** What can go wrong by chance, each time there is an occasion. */
export const faultKinds = [
  "publish-refused",
  "publish-ack-lost",
  "publish-late",
  "publish-in-part",
  "publish-twice",
  "commit-lost",
  "redelivery",
  "provider-error",
  "provider-answer-lost",
  "provider-late",
  "provider-twice",
  "webhook-twice",
  "webhook-lost",
  "carrier-error",
  "carrier-answer-lost",
  "contacts-error",
  "contacts-answer-lost",
] as const;

/** What somebody does to the system from time to time. */
export const eventKinds = [
  "kill",
  "kill-at-point",
  "freeze",
  "broker-down",
  "offsets-reset",
  "rebalance",
  "database-down",
] as const;

export type FaultKind = (typeof faultKinds)[number];
export type EventKind = (typeof eventKinds)[number];
export type Chances = Readonly<Partial<Record<FaultKind, number>>>;

/** Draws what goes wrong, and counts it: from `begin` to `stop`. */
export class Faults {
  readonly counts = new Map<string, number>();
  readonly #kernel: Kernel;
  readonly #chances: Chances;
  #stopped = true;

  constructor(kernel: Kernel, chances: Chances) {
    this.#kernel = kernel;
    this.#chances = chances;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  happens(kind: FaultKind): boolean {
    const chance = this.#chances[kind] ?? 0;
    if (this.#stopped || chance === 0 || !this.#kernel.chance(chance))
      return false;
    this.count(kind);
    return true;
  }

  count(kind: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    this.#kernel.trace.add(`${this.#kernel.now()} fault ${kind}`);
  }

  begin(): void {
    this.#stopped = false;
  }

  stop(): void {
    this.#stopped = true;
  }
}
