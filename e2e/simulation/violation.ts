/** The invariants of docs/reliability.md. */
export type Invariant = `I${number}`;

/** Something that must never be. */
export class Violation extends Error {
  readonly invariant: Invariant;

  constructor(invariant: Invariant, detail: string) {
    super(`${invariant}: ${detail}`);
    this.invariant = invariant;
  }
}

export function must(
  holds: boolean,
  invariant: Invariant,
  detail: () => string,
): asserts holds {
  if (!holds) throw new Violation(invariant, detail());
}
