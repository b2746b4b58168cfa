import { answersTo } from "./command.ts";
import type { SagaDefinition } from "./define-saga.ts";
import { isEnded, type SagaInstance } from "./instance.ts";

/** What a run has asked for, and the types of the events that would answer. */
export type AwaitedAnswer = {
  readonly command: string;
  readonly commandId: string;
  readonly attempt: number;
  readonly yes: string | null;
  readonly no: string | null;
};

export function awaitedBy(
  definition: SagaDefinition,
  run: SagaInstance,
): AwaitedAnswer | undefined {
  const step = definition.steps.find(({ name }) => name === run.step);
  if (isEnded(run) || step === undefined) return undefined;
  const isUndo = run.direction === "backward" && step.kind === "compensatable";
  const draft = isUndo ? step.undo(run.memory) : step.command(run.memory);
  const { done, refused } = answersTo(draft);
  return {
    command: draft.type,
    commandId: run.commandId ?? "",
    attempt: run.attempt,
    yes: done ?? null,
    no: refused ?? null,
  };
}
