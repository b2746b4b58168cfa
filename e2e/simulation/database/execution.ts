import type { KernelPort } from "./kernel-port.ts";
import type { SessionLimits } from "./session-limits.ts";
import {
  deadlockDetected,
  lockTimeout,
  statementTimeout,
} from "./sql-error.ts";
import type { SimTransaction } from "./sim-transaction.ts";
import type { Slot } from "./slot.ts";
import type { Waiting } from "./table.ts";

type Outcome =
  { readonly rows: readonly object[] } | { readonly failure: unknown };

/** A statement on its way: goes on until it is done or must wait, and again whenever it is woken. */
export class Execution {
  readonly #kernel: KernelPort;
  readonly #limits: SessionLimits;
  readonly #tx: SimTransaction;
  readonly #steps: Waiting<readonly object[]>;
  readonly #done: (outcome: Outcome) => void;
  readonly #mustEndAt: number;
  #timers: { cancel(): void }[] = [];
  #over = false;

  constructor(
    { kernel, limits }: { kernel: KernelPort; limits: SessionLimits },
    tx: SimTransaction,
    steps: Waiting<readonly object[]>,
    done: (outcome: Outcome) => void,
  ) {
    this.#kernel = kernel;
    this.#limits = limits;
    this.#tx = tx;
    this.#steps = steps;
    this.#done = done;
    this.#mustEndAt = kernel.now() + limits.statementTimeout;
  }

  proceed(): void {
    this.#stopWaiting();
    if (this.#over) return;
    try {
      const step = this.#steps.next();
      if (step.done === true) this.#end({ rows: step.value });
      else this.#waitFor(step.value);
    } catch (failure) {
      this.#end({ failure });
    }
  }

  /** The connection is gone; nobody hears of the outcome. */
  abandon(): void {
    this.#stopWaiting();
    this.#over = true;
  }

  #end(outcome: Outcome): void {
    this.#over = true;
    this.#done(outcome);
  }

  #waitFor(slot: Slot): void {
    const { deadlockTimeout, lockTimeout: longest } = this.#limits;
    const left = Math.max(0, this.#mustEndAt - this.#kernel.now());
    this.#tx.waitsFor = slot;
    slot.waiters.push(this.#wake);
    this.#timers = [
      this.#kernel.schedule(deadlockTimeout, () => {
        if (this.#tx.isDeadlocked()) this.#fail(deadlockDetected());
      }),
      longest < left
        ? this.#kernel.schedule(longest, () => this.#fail(lockTimeout()))
        : this.#kernel.schedule(left, () => this.#fail(statementTimeout())),
    ];
  }

  readonly #wake = (): void => this.proceed();

  #fail(failure: unknown): void {
    this.#stopWaiting();
    this.#end({ failure });
  }

  #stopWaiting(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
    const slot = this.#tx.waitsFor;
    if (slot === undefined) return;
    slot.waiters = slot.waiters.filter((waiter) => waiter !== this.#wake);
    this.#tx.waitsFor = undefined;
  }
}
