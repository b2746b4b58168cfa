import { checkDefinitions } from "./check-definition.ts";
import { commandIdOf } from "./command.ts";
import type { SagaDefinition } from "./define-saga.ts";
import { isEnded, type SagaInstance } from "./instance.ts";

type Named = { readonly saga: string; readonly version: number };

/** The definitions that this release has, checked, found by name and version. */
export class Definitions<Decider> {
  readonly #byVersion: ReadonlyMap<string, SagaDefinition<unknown, Decider>>;

  constructor(definitions: readonly SagaDefinition<never, Decider>[]) {
    checkDefinitions(definitions);
    this.#byVersion = new Map(
      definitions.map((one) => [
        keyOf({ saga: one.name, version: one.version }),
        // An instance's memory was written by this very definition.
        one as unknown as SagaDefinition<unknown, Decider>,
      ]),
    );
  }

  /** `name#version` of each. */
  get versions(): string[] {
    return [...this.#byVersion.keys()];
  }

  knows(named: Named): boolean {
    return this.#byVersion.has(keyOf(named));
  }

  of(named: Named): SagaDefinition<unknown, Decider> {
    const definition = this.#byVersion.get(keyOf(named));
    if (definition === undefined)
      throw new Error(
        `No definition of ${named.saga} version ${named.version}.`,
      );
    return definition;
  }

  /** Whether the command is one that this run sends; false when its version is not known. */
  hasSent(run: SagaInstance, commandId: string): boolean {
    if (!this.knows(run)) return false;
    return this.of(run).steps.some(
      ({ name }) =>
        commandIdOf(run.id, name, "do") === commandId ||
        commandIdOf(run.id, name, "undo") === commandId,
    );
  }

  /** Whether the command belongs to a step that this run has not come to. */
  isYetToSend(run: SagaInstance, commandId: string | undefined): boolean {
    if (run.direction === "backward" || isEnded(run) || !this.knows(run))
      return false;
    const names = this.of(run).steps.map(({ name }) => name);
    const ahead = names.slice(names.indexOf(run.step ?? "") + 1);
    return ahead.some((name) => commandIdOf(run.id, name, "do") === commandId);
  }
}

const keyOf = ({ saga, version }: Named): string => `${saga}#${version}`;
