import type { Tx } from "@cartwright/database/tx";
import { isEnded, type SagaId, type SagaInstance } from "./instance.ts";
import type { Memory, Progress } from "./memory-reads.ts";

/** Some kilobytes each: what is on its way at once in a busy minute. */
const mostKept = 10_000;

/**
 * What runs remember, kept by the process that has saved them last. A run learns nothing without a line
 * in its log, so that what was kept holds for as long as the log has not grown: whoever else has
 * advanced the run since, or failed to, what it says is read again.
 */
export class KnownMemories {
  readonly #kept = new Map<SagaId, Memory & { readonly logged: number }>();

  of({ id, logged }: Progress): Memory | undefined {
    const kept = this.#kept.get(id);
    return kept?.logged === logged ? kept : undefined;
  }

  /** Keeps them once `tx` is committed; those that have ended are forgotten. */
  keep(tx: Tx, instances: readonly SagaInstance[]): void {
    tx.afterCommit(() => {
      for (const instance of instances) this.#replace(instance);
      for (const id of this.#kept.keys()) {
        if (this.#kept.size <= mostKept) break;
        this.#kept.delete(id);
      }
    });
  }

  #replace(instance: SagaInstance): void {
    const { id, memory, cause, logged } = instance;
    this.#kept.delete(id); // so that those untouched for longest come first
    if (!isEnded(instance)) this.#kept.set(id, { id, memory, cause, logged });
  }
}
