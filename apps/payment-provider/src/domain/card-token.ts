/** What a card does when it is charged. */
export type CardBehaviour = {
  readonly authorization: "authorized" | "declined" | "pending";
  readonly declineCode?: string;
  readonly captureDeclineCode?: string;
  /** A pending authorization settles by itself after a while. */
  readonly settles?: true;
  /** The answer to the first request comes after the caller has given up. */
  readonly answersLate?: true;
  /** What is held can neither be captured nor given back. */
  readonly frozen?: true;
};

const behaviours: Readonly<Record<string, CardBehaviour>> = {
  tok_visa: { authorization: "authorized" },
  tok_declined: { authorization: "declined", declineCode: "card-declined" },
  tok_insufficient_funds: {
    authorization: "declined",
    declineCode: "insufficient-funds",
  },
  tok_timeout: { authorization: "authorized", answersLate: true },
  tok_delayed: { authorization: "pending", settles: true },
  tok_silent: { authorization: "pending" },
  tok_capture_declined: {
    authorization: "authorized",
    captureDeclineCode: "card-declined",
  },
  tok_frozen: { authorization: "authorized", frozen: true },
};

const unknown: CardBehaviour = {
  authorization: "declined",
  declineCode: "unknown-token",
};

export const behaviourOf = (token: string): CardBehaviour =>
  behaviours[token] ?? unknown;
