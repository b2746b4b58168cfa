import type { Duration } from "@cartwright/kernel/duration";
import type { Money } from "@cartwright/kernel/money";
import { behaviourOf } from "./card-token.ts";

export type AuthorizationStatus =
  "pending" | "authorized" | "declined" | "captured" | "voided" | "refunded";

/** Money held, or asked for, under a key that the merchant chose. */
export type Authorization = {
  readonly key: string;
  /** The merchant's own name for it. */
  readonly reference: string;
  readonly amount: Money;
  readonly token: string;
  readonly status: AuthorizationStatus;
  readonly declineCode: string | undefined;
  readonly captureDeclineCode: string | undefined;
  /** When a pending one will settle by itself. */
  readonly settlesAt: Date | undefined;
};

export type AuthorizeOperation = {
  readonly type: "authorize";
} & Pick<Authorization, "key" | "reference" | "amount" | "token">;
export type Operation =
  | AuthorizeOperation
  | { readonly type: "capture" | "void" | "refund"; readonly key: string };

export type Settings = {
  readonly at: Date;
  /** How long a delayed authorization stays pending. */
  readonly delay: Duration;
};

export type Decision = {
  readonly authorization: Authorization | undefined;
  /** Why the operation changed nothing. */
  readonly refusal?: string;
  readonly movement?: "capture" | "refund";
};

/** Every operation takes effect once; asked again it answers as it did. */
export function decide(
  authorization: Authorization | undefined,
  operation: Operation,
  settings: Settings,
): Decision {
  if (operation.type === "authorize") {
    return authorization === undefined
      ? { authorization: authorized(operation, settings) }
      : repeated(authorization, operation);
  }
  if (authorization === undefined) {
    return { authorization, refusal: "not-found" };
  }
  if (behaviourOf(authorization.token).frozen) {
    return { authorization, refusal: "frozen" };
  }
  switch (operation.type) {
    case "capture":
      return capture(authorization);
    case "void":
      return voided(authorization);
    case "refund":
      return refund(authorization);
  }
}

function authorized(
  { key, reference, amount, token }: AuthorizeOperation,
  { at, delay }: Settings,
): Authorization {
  const { authorization: status, declineCode, settles } = behaviourOf(token);
  return {
    ...{ key, reference, amount, token, status, declineCode },
    captureDeclineCode: undefined,
    settlesAt: settles && new Date(at.getTime() + delay),
  };
}

function repeated(known: Authorization, asked: AuthorizeOperation): Decision {
  const same =
    known.amount.amount === asked.amount.amount &&
    known.amount.currency === asked.amount.currency &&
    known.token === asked.token &&
    known.reference === asked.reference;
  return { authorization: known, ...(!same && { refusal: "key-reused" }) };
}

function capture(authorization: Authorization): Decision {
  switch (authorization.status) {
    case "authorized": {
      const { captureDeclineCode } = behaviourOf(authorization.token);
      return captureDeclineCode === undefined
        ? {
            authorization: { ...authorization, status: "captured" },
            movement: "capture",
          }
        : { authorization: { ...authorization, captureDeclineCode } };
    }
    case "captured":
    case "refunded":
      return { authorization };
    case "pending":
    case "declined":
    case "voided":
      return { authorization, refusal: "not-authorized" };
  }
}

function voided(authorization: Authorization): Decision {
  switch (authorization.status) {
    case "pending":
    case "authorized":
      return {
        authorization: {
          ...authorization,
          status: "voided",
          settlesAt: undefined,
        },
      };
    case "voided":
      return { authorization };
    case "captured":
    case "refunded":
      return { authorization, refusal: "already-captured" };
    case "declined":
      return { authorization, refusal: "not-authorized" };
  }
}

function refund(authorization: Authorization): Decision {
  switch (authorization.status) {
    case "captured":
      return {
        authorization: { ...authorization, status: "refunded" },
        movement: "refund",
      };
    case "refunded":
      return { authorization };
    case "pending":
    case "authorized":
    case "declined":
    case "voided":
      return { authorization, refusal: "not-captured" };
  }
}
