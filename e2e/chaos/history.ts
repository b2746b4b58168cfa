/** What clients tried and were answered: the one record that the platform has no part in. */

/** `ok`: done, for certain. `fail`: not done, for certain. `info`: nobody knows; both must be allowed. */
export type Outcome = "ok" | "fail" | "info";

export type Reply = {
  /** 0 when the connection was lost or the answer did not come in time. */
  readonly status: number;
  readonly orderId?: string;
  /** Of a refusal. */
  readonly code?: string;
};

/** One order that somebody wanted, posted with one key until the answer was certain. */
export type Posting = {
  readonly key: string;
  readonly customerId: string;
  /** Every answer to this key and body, repetitions included. */
  readonly replies: Reply[];
  /** Answers to the same key with another body. */
  readonly misuses: Reply[];
  /** The answer to the wish to cancel it, if there was one. */
  cancellation?: Outcome;
};

/** Units that were brought in, posted with one key until the answer was certain. */
export type Adjustment = {
  readonly key: string;
  readonly sku: string;
  readonly delta: number;
  readonly replies: Reply[];
};

/** A product that was put on sale, posted with one key until the answer was certain. */
export type Creation = { readonly key: string; readonly replies: Reply[] };

export type History = {
  readonly postings: readonly Posting[];
  readonly creations: readonly Creation[];
  readonly adjustments: readonly Adjustment[];
};

const isSuccess = ({ status }: Reply): boolean => status >= 200 && status < 300;
/** A refusal that is about the request itself; anything else may or may not have been done. */
const isRefusal = ({ status }: Reply): boolean =>
  status >= 400 && status < 500 && ![408, 425, 429].includes(status);

export function outcomeOf({ replies }: Pick<Posting, "replies">): Outcome {
  if (replies.some(isSuccess)) return "ok";
  return replies.length > 0 && replies.every(isRefusal) ? "fail" : "info";
}

export const isCertain = (reply: Reply): boolean =>
  isSuccess(reply) || isRefusal(reply);
