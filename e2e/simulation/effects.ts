import type { Message } from "@cartwright/contracts/message";
import type { BatchHandler } from "@cartwright/messaging/handler";
import { Violation } from "./violation.ts";

/** Counts what each consumer has handled in a transaction that it knows to be committed. */
export class Effects {
  readonly #counts = new Map<string, number>();
  readonly #fail: (error: Violation) => void;

  constructor(fail: (error: Violation) => void) {
    this.#fail = fail;
  }

  counted(group: string, handler: BatchHandler): BatchHandler {
    return {
      ...handler,
      handle: async (tx, messages) => {
        tx.afterCommit(() => this.#add(group, messages));
        await handler.handle(tx, messages);
      },
    };
  }

  #add(group: string, messages: readonly Message[]): void {
    for (const { id, attempt, type } of messages) {
      const name = `${group} ${type} ${id}#${attempt ?? ""}`;
      const count = (this.#counts.get(name) ?? 0) + 1;
      this.#counts.set(name, count);
      if (count > 1)
        this.#fail(new Violation("I10", `${name} was handled twice`));
    }
  }
}
