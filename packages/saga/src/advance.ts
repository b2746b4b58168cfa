import type { Cause, Message } from "@cartwright/contracts/message";
import type { Duration } from "@cartwright/kernel/duration";
import type { Outgoing } from "@cartwright/messaging/outbox";
import type { SagaDefinition, SagaStart } from "./define-saga.ts";
import type { SagaId, SagaInstance, SagaLogLine } from "./instance.ts";
import { operate, type OperatorInput } from "./operate.ts";
import { Turn } from "./turn.ts";

/** What can happen to an instance. */
export type SagaInput =
  | { readonly kind: "answer"; readonly message: Message }
  /** The deadline has passed; `waited` counts from when the step was entered. */
  | { readonly kind: "timeout"; readonly waited: Duration }
  /** Somebody no longer wants what the saga is about. */
  | { readonly kind: "stop"; readonly reason: string }
  | OperatorInput;

/** An instance after an input, and everything that must be saved with it. */
export type Advanced<Decider = unknown> = {
  readonly instance: SagaInstance;
  readonly messages: readonly Outgoing[];
  readonly log: readonly SagaLogLine[];
  /** Local decisions to apply to the aggregate of the instance's key. */
  readonly decisions: readonly {
    readonly decider: Decider;
    readonly reason: string | null;
  }[];
  readonly starts: readonly SagaStart[];
  /** For what the decisions publish and the sagas that start. */
  readonly cause: Cause;
  /** Whether the instance remembers something new. */
  readonly learnt: boolean;
  /** Until the next deadline; null for none, undefined to keep the present one. */
  readonly dueIn: Duration | null | undefined;
};

/** A new instance with its first command. `id` comes from the caller, so that a retry starts the same one. */
export function begin<Decider>(
  definition: SagaDefinition<unknown, Decider>,
  start: {
    readonly id: SagaId;
    readonly key: string;
    readonly memory: unknown;
    readonly cause: Cause;
  },
): Advanced<Decider> {
  const first = new Turn(definition, {
    ...start,
    saga: definition.name,
    version: definition.version,
    status: "running",
    direction: "forward",
    step: null,
    commandId: null,
    attempt: 0,
    sequence: 0,
    logged: 0,
    unwanted: false,
    reason: null,
  });
  first.log("started");
  first.enter(0);
  return first.result();
}

/** Every rule of a saga. Pure: nothing is read or written but the arguments and the result. */
export function advance<Decider>(
  definition: SagaDefinition<unknown, Decider>,
  instance: SagaInstance,
  input: SagaInput,
): Advanced<Decider> {
  const turn = new Turn(definition, instance);
  switch (input.kind) {
    case "answer":
      turn.hear(input.message);
      break;
    case "timeout":
      turn.timeOut(input.waited);
      break;
    case "stop":
      turn.stop(input.reason);
      break;
    case "operator":
      operate(turn, input);
      break;
  }
  return turn.result();
}
