import type { CommandDraft } from "@cartwright/contracts/define";
import type { Cause, Message } from "@cartwright/contracts/message";
import type { Duration } from "@cartwright/kernel/duration";
import type { Outgoing } from "@cartwright/messaging/outbox";
import type { Advanced } from "./advance.ts";
import {
  answersTo,
  backOff,
  codeOf,
  commandIdOf,
  patienceWith,
} from "./command.ts";
import type { SagaDefinition, SagaStart, Step } from "./define-saga.ts";
import { isEnded, type SagaInstance, type SagaLogLine } from "./instance.ts";

/** One instance taking one input: collects what has to be saved. */
export class Turn<Decider> {
  readonly #definition: SagaDefinition<unknown, Decider>;
  readonly #messages: Outgoing[] = [];
  readonly #log: SagaLogLine[] = [];
  readonly #decisions: { decider: Decider; reason: string | null }[] = [];
  readonly #starts: SagaStart[] = [];
  #instance: SagaInstance;
  readonly #remembered: unknown;
  #dueIn: Duration | null | undefined;
  #cause: Cause;

  constructor(
    definition: SagaDefinition<unknown, Decider>,
    instance: SagaInstance,
  ) {
    this.#definition = definition;
    this.#instance = instance;
    this.#remembered = instance.memory;
    this.#cause = instance.cause;
  }

  get instance(): SagaInstance {
    return this.#instance;
  }

  result(): Advanced<Decider> {
    return {
      instance: this.#instance,
      messages: this.#messages,
      log: this.#log,
      decisions: this.#decisions,
      starts: this.#starts,
      cause: this.#cause,
      learnt: this.#instance.memory !== this.#remembered,
      dueIn: this.#dueIn,
    };
  }

  hear(message: Message): void {
    const step = this.step();
    this.#cause = { ...this.#cause, causationId: message.id };
    if (step === undefined || message.commandId !== this.#instance.commandId) {
      this.log("ignored", message.type);
      return;
    }
    if (this.#instance.direction === "backward") this.#hearUndo(step, message);
    else this.#hearDo(step, message);
  }

  timeOut(waited: Duration): void {
    const step = this.step();
    if (step === undefined) return;
    this.#notice(waited);
    const { direction } = this.#instance;
    if (direction === "forward" && step.kind === "compensatable") {
      this.log("timed-out");
      this.compensateFrom(this.index(), `${step.name}-timed-out`);
    } else {
      this.sendAgain(step);
    }
  }

  /** Sends the command in hand once more. */
  sendAgain(step: Step<unknown, Decider>): void {
    if (this.#instance.direction === "forward") {
      this.#send(step.command, "sent-again");
      this.#dueIn = patienceWith(step);
    } else if (step.kind === "compensatable") {
      this.#send(step.undo, "undo-sent-again");
      this.#dueIn = backOff(this.#instance.attempt);
    }
  }

  stop(reason: string): void {
    const step = this.step();
    if (step === undefined || this.#instance.direction === "backward") return;
    this.log("stop-requested", reason);
    if (step.kind === "compensatable")
      this.compensateFrom(this.index(), reason);
    else if (step.kind === "pivot") this.set({ unwanted: true });
  }

  /** Sends the command of the step at `index`, or ends the saga behind the last one. */
  enter(index: number): void {
    const step = this.#definition.steps[index];
    if (step === undefined) {
      this.end("completed");
      return;
    }
    this.set({
      step: step.name,
      attempt: 0,
      commandId: commandIdOf(this.#instance.id, step.name, "do"),
    });
    this.#send(step.command, "sent");
    this.#dueIn = patienceWith(step);
  }

  log(entry: SagaLogLine["entry"], detail: string | null = null): void {
    const sequence = this.#instance.logged + 1;
    this.set({ logged: sequence });
    this.#log.push({
      sagaId: this.#instance.id,
      sequence,
      step: this.#instance.step,
      entry,
      detail,
    });
  }

  #hearDo(step: Step<unknown, Decider>, message: Message): void {
    const { done, refused } = answersTo(step.command(this.#instance.memory));
    if (message.type === done) {
      this.#goOn(step, message);
    } else if (message.type === refused && step.kind === "retriable") {
      this.log("refused", codeOf(message));
      if (step.bestEffort) this.enter(this.index() + 1);
    } else if (message.type === refused) {
      this.log("refused", codeOf(message));
      this.compensateFrom(this.index() - 1, codeOf(message));
    } else {
      this.log("ignored", message.type);
    }
  }

  #goOn(step: Step<unknown, Decider>, message: Message): void {
    this.set({
      status: "running",
      reason: null,
      memory: step.onAnswer(this.#instance.memory, message.data),
    });
    this.log("done", message.type);
    if (step.kind === "pivot") this.pass();
    if (!isEnded(this.#instance)) this.enter(this.index() + 1);
  }

  /** What follows from the pivot's yes: it holds, or it is taken back at once because nobody wants it any more. */
  pass(): void {
    const pivot = this.#definition.steps.find((step) => step.kind === "pivot");
    if (this.#instance.unwanted && pivot?.onYesThoughUnwanted) {
      this.#starts.push(pivot.onYesThoughUnwanted(this.#instance.memory));
      this.#finish("completed");
    } else this.#decide(pivot?.onYes);
  }

  /** Ends it with the decision that goes with the status. */
  end(status: "completed" | "compensated"): void {
    this.#decide(this.#definition.endings[status]);
    this.#finish(status);
  }

  #hearUndo(step: Step<unknown, Decider>, message: Message): void {
    if (step.kind !== "compensatable") return;
    if (message.type === answersTo(step.undo(this.#instance.memory)).done) {
      this.log("undone", message.type);
      this.compensateFrom(this.index() - 1, this.#instance.reason);
    } else {
      // It stays the step in hand and is sent again at its deadline.
      this.log("undo-refused", codeOf(message));
    }
  }

  /** Undoes the step at `index` and all before it, last first; -1 means there is nothing left to undo. */
  compensateFrom(index: number, reason: string | null): void {
    this.set({ status: "compensating", direction: "backward", reason });
    const step = this.#definition.steps[index];
    if (step === undefined || step.kind !== "compensatable") {
      this.end("compensated");
      return;
    }
    this.set({
      step: step.name,
      attempt: 0,
      commandId: commandIdOf(this.#instance.id, step.name, "undo"),
    });
    this.#send(step.undo, "undo-sent");
    this.#dueIn = backOff(1);
  }

  #send(
    command: (memory: unknown) => CommandDraft,
    entry: SagaLogLine["entry"],
  ): void {
    const { commandId, memory, key } = this.#instance;
    const attempt = this.#instance.attempt + 1;
    const sequence = this.#instance.sequence + 1;
    this.set({ attempt, sequence });
    this.#messages.push({
      draft: { ...command(memory), key },
      id: commandId ?? "",
      attempt,
      sequence,
      cause: this.#cause,
    });
    this.log(entry, attempt === 1 ? null : String(attempt));
  }

  /** Past its time a saga is a person's matter; it goes on trying all the same. */
  #notice(waited: Duration): void {
    const isLate = waited >= this.#definition.stuckAfter;
    if (!isLate || this.#instance.status === "stuck") return;
    this.set({ status: "stuck" });
    this.log("stuck", this.#instance.reason);
  }

  #decide(decider: Decider | undefined): void {
    if (decider !== undefined)
      this.#decisions.push({ decider, reason: this.#instance.reason });
  }

  #finish(status: "completed" | "compensated"): void {
    this.set({ status, step: null, commandId: null });
    this.#dueIn = null;
    this.log(status, this.#instance.reason);
  }

  set(change: Partial<SagaInstance>): void {
    this.#instance = { ...this.#instance, ...change };
  }

  /** The step in hand; none once it has ended. */
  step(): Step<unknown, Decider> | undefined {
    return isEnded(this.#instance)
      ? undefined
      : this.#definition.steps[this.index()];
  }

  index(): number {
    return this.#definition.steps.findIndex(
      ({ name }) => name === this.#instance.step,
    );
  }
}
