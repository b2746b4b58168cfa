/** What every problem (RFC 9457) says by itself: a fact by such a name would be lost. */
type SaidAnyway =
  | "type"
  | "title"
  | "status"
  | "detail"
  | "instance"
  | "code"
  | "correlationId";

export type RefusalDetails = Readonly<Record<string, unknown>> & {
  readonly [Name in SaidAnyway]?: never;
};

/**
 * A business "no" that was to be expected: a stable kebab-case code, a sentence, and facts for the
 * caller. Its cause, if any, is for us alone.
 */
export class Refusal extends Error {
  readonly code: string;
  readonly details: RefusalDetails;

  constructor(
    code: string,
    message: string,
    details: RefusalDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "Refusal";
    this.code = code;
    this.details = details;
  }
}
