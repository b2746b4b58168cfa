import type { Duration } from "@cartwright/kernel/duration";

/** What one request may do, over all queues that it treats. */
export class Allowance {
  #messages: number;
  readonly #until: number;

  constructor(most: { readonly messages: number; readonly time: Duration }) {
    this.#messages = most.messages;
    this.#until = performance.now() + most.time;
  }

  get isSpent(): boolean {
    return this.#messages <= 0 || performance.now() >= this.#until;
  }

  /** One message more was treated. */
  spend(): void {
    this.#messages -= 1;
  }
}
