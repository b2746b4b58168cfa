import {
  decide,
  type Authorization,
  type Operation,
} from "@cartwright/app-payment-provider/domain/authorization";
import { derivedId } from "@cartwright/kernel/ids";
import type { Faults } from "../faults.ts";
import type { Kernel } from "../kernel.ts";

export type LedgerEntry = {
  readonly key: string;
  readonly reference: string;
  readonly kind: "capture" | "refund";
  readonly amount: number;
};

export type Webhook = {
  readonly id: string;
  readonly type: string;
  readonly reference: string;
};

type Options = {
  readonly kernel: Kernel;
  readonly faults: Faults;
  /** How long a delayed authorization stays pending, in milliseconds. */
  readonly delay: number;
  /** Brings a webhook to the payment service; nobody may be there. */
  readonly bring: (webhook: Webhook) => void;
};

const longestWay = 3_000;

/** The payment provider itself: its decisions are those of the provider we ship, its books its own. */
export class SimProvider {
  readonly authorizations = new Map<string, Authorization>();
  readonly ledger: LedgerEntry[] = [];
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  carryOut(operation: Operation): Authorization | undefined {
    const { kernel, delay } = this.#options;
    const { authorization, movement, refusal } = decide(
      this.authorizations.get(operation.key),
      operation,
      { at: new Date(kernel.now()), delay },
    );
    kernel.trace.add(
      `${kernel.now()} provider ${operation.type} ${operation.key} ${authorization?.status} ${movement ?? refusal}`,
    );
    if (authorization === undefined) return undefined;
    const isNew = !this.authorizations.has(operation.key);
    this.authorizations.set(operation.key, authorization);
    if (movement) {
      const { key, reference, amount } = authorization;
      this.ledger.push({
        key,
        reference,
        kind: movement,
        amount: amount.amount,
      });
    }
    if (isNew && authorization.settlesAt) this.#settleLater(operation.key);
    return authorization;
  }

  find(key: string): Authorization | undefined {
    return this.authorizations.get(key);
  }

  #settleLater(key: string): void {
    this.#options.kernel.schedule(this.#options.delay, () => {
      const held = this.authorizations.get(key);
      if (held?.status !== "pending") return;
      this.authorizations.set(key, {
        ...held,
        status: "authorized",
        settlesAt: undefined,
      });
      this.#tell(held);
    });
  }

  /** Out of order, twice or never: a webhook is not to be relied on. */
  #tell({ key, reference }: Authorization): void {
    const { kernel, faults, bring } = this.#options;
    const type = "authorization.settled";
    const webhook = { id: derivedId("webhook", key), type, reference };
    if (faults.happens("webhook-lost")) return;
    const times = faults.happens("webhook-twice") ? 2 : 1;
    for (let time = 0; time < times; time += 1)
      kernel.schedule(kernel.random() * longestWay, () => bring(webhook));
  }
}
