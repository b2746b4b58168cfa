import { answersTo } from "./command.ts";
import type { SagaDefinition, Step } from "./define-saga.ts";

/** What runs in hand rely on: which step is which, what it asks for and which events answer it. */
export type StepShape = {
  readonly name: string;
  readonly kind: Step<unknown, unknown>["kind"];
  readonly bestEffort: boolean;
  readonly asks: MessageShape;
  readonly undoes: MessageShape;
};

/** A command's type and the types of its answers; null for none. */
type MessageShape = {
  readonly command: string | null;
  readonly done: string | null;
  readonly refused: string | null;
};

/** The steps of a definition without functions and times, which may change under a version. */
export const shapeOf = (definition: SagaDefinition<never>): StepShape[] =>
  definition.steps.map((step) => ({
    name: step.name,
    kind: step.kind,
    bestEffort: step.kind === "retriable" && step.bestEffort,
    asks: messageShape(step.command),
    undoes: messageShape(step.kind === "compensatable" ? step.undo : undefined),
  }));

/** A sentence about the first step that differs, or undefined when none does. */
export function differenceBetween(
  before: readonly StepShape[],
  now: readonly StepShape[],
): string | undefined {
  const length = Math.max(before.length, now.length);
  for (let index = 0; index < length; index += 1) {
    const [was, is] = [describe(before[index]), describe(now[index])];
    if (was !== is) return `step ${index + 1} was ${was} and is now ${is}`;
  }
  return undefined;
}

function describe(step: StepShape | undefined): string {
  if (step === undefined) return "missing";
  const { name, kind, bestEffort, asks, undoes } = step;
  return [
    `${kind} ${name}`,
    bestEffort ? "at best effort" : "",
    `asking ${describeMessage(asks)}`,
    kind === "compensatable" ? `undone by ${describeMessage(undoes)}` : "",
  ]
    .filter((part) => part !== "")
    .join(", ");
}

const describeMessage = ({ command, done, refused }: MessageShape): string =>
  `${command ?? "an unknown command"} (${[done, refused].filter((type) => type !== null).join(" or ")})`;

/** Types are learnt by drafting the command from a stand-in; one that cannot be drafted so has none. */
function messageShape(
  command: ((memory: never) => { readonly type: string }) | undefined,
): MessageShape {
  try {
    const draft = (command as DraftFromAnything | undefined)?.(anything);
    if (draft === undefined) return nothing;
    const { done = null, refused = null } = answersTo(draft);
    return { command: draft.type, done, refused };
  } catch {
    return nothing;
  }
}

type DraftFromAnything = (
  memory: unknown,
) => Parameters<typeof answersTo>[0] | undefined;

const nothing: MessageShape = { command: null, done: null, refused: null };

/** Stands in for any memory: whatever is read from it or called on it is itself, as text it is "0". */
const anything: unknown = new Proxy(() => undefined, {
  get: (_, property) => {
    if (property === Symbol.toPrimitive) return () => "0";
    if (property === Symbol.iterator) return emptyIterator;
    return anything;
  },
  apply: () => anything,
});

const emptyIterator = () => [][Symbol.iterator]();
