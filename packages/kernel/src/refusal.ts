/** A business "no" that was to be expected: a stable kebab-case code, a sentence, and facts for the caller. */
export class Refusal extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.details = details;
  }
}
