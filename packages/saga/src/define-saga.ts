import type {
  CommandDraft,
  DataOf,
  EventContract,
} from "@cartwright/contracts/define";
import type { Duration } from "@cartwright/kernel/duration";

/** A command as a pure function of what the saga remembers. */
type Command<Memory, Done extends EventContract> = (
  memory: Memory,
) => CommandDraft<string, unknown, Done>;

/** What the saga learns from the event that says the step is done. */
type Learn<Memory, Done extends EventContract> = (
  memory: Memory,
  answer: DataOf<Done>,
) => Memory;

type CommandOptions<Memory, Done extends EventContract> = {
  readonly command: Command<Memory, Done>;
  readonly onAnswer?: Learn<Memory, Done>;
};

/** A saga to be started, with what it will remember. */
export type SagaStart = {
  readonly saga: string;
  readonly version: number;
  readonly memory: unknown;
};

/** One step of a saga, as `advance` reads it. */
export type Step<Memory, Decider> = {
  readonly name: string;
  readonly command: (memory: Memory) => CommandDraft;
  /** What is remembered after the answer; a `Memory` again. */
  readonly onAnswer: (memory: Memory, answer: unknown) => unknown;
} & (
  | {
      readonly kind: "compensatable";
      readonly undo: (memory: Memory) => CommandDraft;
      /** Silence for this long is taken for "unknown": this step and those before it are undone. */
      readonly timeout: Duration;
    }
  | {
      readonly kind: "pivot";
      readonly resendEvery: Duration;
      readonly onYes: Decider | undefined;
      readonly onYesThoughUnwanted: ((memory: Memory) => SagaStart) | undefined;
    }
  | {
      readonly kind: "retriable";
      readonly resendEvery: Duration;
      readonly bestEffort: boolean;
    }
);

/** The local decisions that end a saga, made in the engine's transaction. */
export type Endings<Decider> = {
  /** Every step that may have happened is undone. */
  readonly compensated: Decider;
  readonly completed?: Decider;
};

export type SagaDefinition<Memory = unknown, Decider = unknown> = {
  readonly name: string;
  readonly version: number;
  /** How long a step may take before a person is asked; the saga goes on trying meanwhile. */
  readonly stuckAfter: Duration;
  readonly steps: readonly Step<Memory, Decider>[];
  readonly endings: Endings<Decider>;
  /** Drafts the start of an instance. */
  readonly start: (memory: Memory) => SagaStart;
};

type BeforePivot<Memory, Decider> = AtPivot<Memory, Decider> & {
  /** A step that can be undone as long as the pivot has not said yes. */
  compensatable<Done extends EventContract>(
    name: string,
    options: CommandOptions<Memory, Done> & {
      readonly undo: (memory: Memory) => CommandDraft;
      readonly timeout: Duration;
    },
  ): BeforePivot<Memory, Decider>;
};

type AtPivot<Memory, Decider> = {
  /** The point of no return: asked until a clear yes or no. A no undoes everything before it. */
  pivot<Done extends EventContract>(
    name: string,
    options: CommandOptions<Memory, Done> & {
      readonly resendEvery: Duration;
      /** Decided in the transaction that hears the yes. */
      readonly onYes?: Decider;
      /** In place of `onYes` when the saga was asked to stop after the pivot's command was sent. */
      readonly onYesThoughUnwanted?: (memory: Memory) => SagaStart;
    },
  ): AfterPivot<Memory, Decider>;
};

type AfterPivot<Memory, Decider> = {
  /** A step that must succeed in the end: sent again until it does. */
  retriable<Done extends EventContract>(
    name: string,
    options: CommandOptions<Memory, Done> & {
      readonly resendEvery: Duration;
      /** A refusal ends the step too. */
      readonly bestEffort?: boolean;
    },
  ): AfterPivot<Memory, Decider>;
  ending(endings: Endings<Decider>): SagaDefinition<Memory, Decider>;
};

/**
 * Declares a saga as a list of steps: any number of `compensatable`, one `pivot`, any number of
 * `retriable`. The types refuse any other order, and a compensatable step without its undo.
 */
export function defineSaga<Memory, Decider = never>(
  name: string,
  options: { readonly version: number; readonly stuckAfter: Duration },
): BeforePivot<Memory, Decider> {
  return builder(name, options, []);
}

function builder<Memory, Decider>(
  name: string,
  options: { readonly version: number; readonly stuckAfter: Duration },
  steps: readonly Step<Memory, Decider>[],
): BeforePivot<Memory, Decider> & AfterPivot<Memory, Decider> {
  const plus = (step: Step<Memory, Decider>) => {
    if (steps.some((other) => other.name === step.name))
      throw new Error(`The saga ${name} has two steps named ${step.name}.`);
    return builder(name, options, [...steps, step]);
  };
  return {
    compensatable: (stepName, step) =>
      plus({
        kind: "compensatable",
        ...asked(stepName, step),
        undo: step.undo,
        timeout: step.timeout,
      }),
    pivot: (stepName, step) =>
      plus({
        kind: "pivot",
        ...asked(stepName, step),
        resendEvery: step.resendEvery,
        onYes: step.onYes,
        onYesThoughUnwanted: step.onYesThoughUnwanted,
      }),
    retriable: (stepName, step) =>
      plus({
        kind: "retriable",
        ...asked(stepName, step),
        resendEvery: step.resendEvery,
        bestEffort: step.bestEffort ?? false,
      }),
    ending: (endings) => {
      const { version } = options;
      const start = (memory: Memory) => ({ saga: name, version, memory });
      return { name, ...options, steps, endings, start };
    },
  };
}

/** What every step has: its name, its command and what it learns from the answer. */
const asked = <Memory, Done extends EventContract>(
  name: string,
  { command, onAnswer }: CommandOptions<Memory, Done>,
) => ({ name, command, onAnswer: learn(onAnswer) });

/** The answer was checked against its contract when it was received. */
const learn =
  <Memory, Done extends EventContract>(
    onAnswer: Learn<Memory, Done> | undefined,
  ) =>
  (memory: Memory, answer: unknown): Memory =>
    onAnswer ? onAnswer(memory, answer as DataOf<Done>) : memory;
