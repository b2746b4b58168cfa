import { contractOf } from "@cartwright/contracts/catalogue";
import type {
  CommandContract,
  CommandDraft,
} from "@cartwright/contracts/define";
import type { Message } from "@cartwright/contracts/message";
import { minutes, seconds, type Duration } from "@cartwright/kernel/duration";
import { derivedId } from "@cartwright/kernel/ids";
import type { Step } from "./define-saga.ts";
import type { SagaId } from "./instance.ts";

/** The id of a step's command: the same however often it is sent, whoever sends it. */
export const commandIdOf = (
  id: SagaId,
  step: string,
  direction: "do" | "undo",
): string => derivedId("command", id, step, direction);

/** The events that say yes and no to a command. */
export function answersTo(draft: CommandDraft): {
  done: string | undefined;
  refused: string | undefined;
} {
  const contract = contractOf(draft.type) as CommandContract | undefined;
  return { done: contract?.done.type, refused: contract?.refused?.type };
}

/** A refusal carries a code; without one its type has to do. */
export function codeOf({ data, type }: Message): string {
  const code = (data as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : type;
}

export const longestBackOff = minutes(5);

/** 10 s, doubling up to 5 min: a compensation is asked for without limit. */
export const backOff = (attempt: number): Duration =>
  Math.min(seconds(10) * 2 ** (attempt - 1), longestBackOff);

/** How long nothing is done about silence. */
export const patienceWith = (step: Step<unknown, unknown>): Duration =>
  step.kind === "compensatable" ? step.timeout : step.resendEvery;
