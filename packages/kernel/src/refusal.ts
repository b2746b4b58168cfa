/**
 * A business "no" that was to be expected: a stable kebab-case code, a sentence, and facts for the
 * caller. Its cause, if any, is for us alone.
 */
export class Refusal extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "Refusal";
    this.code = code;
    this.details = details;
  }
}
