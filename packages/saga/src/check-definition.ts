import type { Duration } from "@cartwright/kernel/duration";
import type { SagaDefinition, Step } from "./define-saga.ts";

type AnyStep = Step<never, unknown>;

/** A third of what a row's milliseconds can hold: a deadline is spread by a tenth and scaled. */
const longest: Duration = 2 ** 31 / 3;

/**
 * Refuses a definition that cannot run, in a sentence that names what is wrong. Most of it does not
 * type-check either; plain JavaScript and casts come this far.
 */
export function checkDefinition(definition: SagaDefinition<never>): void {
  const complaint = [
    ...complaintsAboutSaga(definition),
    ...definition.steps.flatMap((step) => [...complaintsAboutStep(step)]),
    ...complaintsAboutOrder(definition.steps),
  ].at(0);
  if (complaint !== undefined)
    throw new Error(`The saga ${definition.name} cannot be run: ${complaint}.`);
}

/** Refuses two definitions of one version, and any that cannot run. */
export function checkDefinitions(
  definitions: readonly SagaDefinition<never>[],
): void {
  const seen = new Set<string>();
  for (const definition of definitions) {
    checkDefinition(definition);
    const version = `${definition.name} version ${definition.version}`;
    if (seen.has(version))
      throw new Error(`There are two definitions of ${version}.`);
    seen.add(version);
  }
}

function* complaintsAboutSaga({
  name,
  version,
  stuckAfter,
  endings,
}: SagaDefinition<never>): Iterable<string> {
  if (!isText(name)) yield "it has no name";
  if (!Number.isInteger(version) || version < 1)
    yield `its version is ${String(version)}, not 1, 2, 3 …`;
  if (!isDuration(stuckAfter, Infinity))
    yield "it does not say after how long it is stuck";
  if (!isFunctionOrObject((endings as Partial<typeof endings>).compensated))
    yield "it does not say what is decided when it is compensated";
}

function* complaintsAboutStep(step: AnyStep): Iterable<string> {
  const { name, kind } = step;
  if (!isText(name)) {
    yield "a step has no name";
    return;
  }
  if (!isFunction(step.command)) yield `the step ${name} has no command`;
  if (kind === "compensatable") {
    if (!isFunction(step.undo))
      yield `the step ${name} is compensatable but has no undo`;
    if (!isDuration(step.timeout))
      yield `the step ${name} has no usable timeout`;
  } else if (!isDuration(step.resendEvery)) {
    yield `the step ${name} does not say how often it is sent again`;
  }
}

function* complaintsAboutOrder(steps: readonly AnyStep[]): Iterable<string> {
  const names = steps.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) yield `two of its steps are named ${twice}`;
  const pivots = steps.filter(({ kind }) => kind === "pivot");
  if (pivots.length === 0) yield "it has no pivot";
  if (pivots.length > 1)
    yield `it has ${pivots.length} pivots, ${pivots.map(({ name }) => name).join(" and ")}, and may have one`;
  const pivot = steps.findIndex(({ kind }) => kind === "pivot");
  for (const [index, { name, kind }] of steps.entries()) {
    if (kind === "retriable" && index < pivot)
      yield `the step ${name} is retriable but stands before the pivot, where every step must have an undo`;
    if (kind === "compensatable" && index > pivot)
      yield `the step ${name} is compensatable but stands behind the pivot, where nothing is undone`;
    if (!kinds.has(kind)) yield `the step ${name} is of no known kind: ${kind}`;
  }
}

const kinds = new Set<string>(["compensatable", "pivot", "retriable"]);

const isText = (value: unknown): boolean =>
  typeof value === "string" && value !== "";
const isFunction = (value: unknown): boolean => typeof value === "function";
const isFunctionOrObject = (value: unknown): boolean =>
  value !== undefined && value !== null;
const isDuration = (value: unknown, most = longest): boolean =>
  typeof value === "number" && value > 0 && value <= most;
