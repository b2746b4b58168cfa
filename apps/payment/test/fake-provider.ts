import type { Money } from "@cartwright/kernel/money";
import type {
  Authorization,
  AuthorizationRequest,
  PaymentProvider,
} from "../src/provider/payment-provider.ts";

type Held = { readonly request: AuthorizationRequest } & Authorization;
type Movement = {
  readonly key: string;
  readonly reference: string;
  readonly kind: "capture" | "refund";
  readonly amount: Money;
};

const declineCodes: Readonly<Record<string, string>> = {
  tok_declined: "card-declined",
  tok_insufficient_funds: "insufficient-funds",
};
const pendingTokens = new Set(["tok_delayed", "tok_silent"]);

/** A provider in memory that keeps the same promises, with its own ledger. */
export function fakeProvider() {
  const held = new Map<string, Held>();
  const movements: Movement[] = [];

  const operation =
    (change: (held: Held) => Partial<Authorization>) => async (key: string) => {
      const before = held.get(key);
      if (before === undefined)
        throw new Error(`There is no authorization ${key}.`);
      const after = { ...before, ...change(before) };
      held.set(key, after);
      const { reference, amount } = after.request;
      if (after.status !== before.status) {
        if (after.status === "captured")
          movements.push({ key, reference, amount, kind: "capture" });
        if (after.status === "refunded")
          movements.push({ key, reference, amount, kind: "refund" });
      }
      return after;
    };

  const provider: PaymentProvider = {
    async authorize(request) {
      const known = held.get(request.key);
      if (known !== undefined) return known;
      const declineCode = declineCodes[request.paymentToken];
      const status = pendingTokens.has(request.paymentToken)
        ? "pending"
        : declineCode === undefined
          ? "authorized"
          : "declined";
      const authorization = { request, status, declineCode } as const;
      held.set(request.key, authorization);
      return authorization;
    },
    find: async (key) => held.get(key),
    capture: operation(({ status, request }) => {
      if (status !== "authorized") return {};
      return request.paymentToken === "tok_capture_declined"
        ? { captureDeclineCode: "card-declined" }
        : { status: "captured" };
    }),
    void: operation(({ status }) =>
      status === "authorized" || status === "pending"
        ? { status: "voided" }
        : {},
    ),
    refund: operation(({ status }) =>
      status === "captured" ? { status: "refunded" } : {},
    ),
  };

  return {
    provider,
    movements,
    /** Authorizations that hold money, or may yet. */
    holding: () =>
      [...held.values()].filter(
        ({ status }) => status === "authorized" || status === "pending",
      ).length,
    /** The provider makes up its mind about what it called pending. */
    settlePending: (): void => {
      for (const [key, authorization] of held) {
        if (authorization.status === "pending") {
          held.set(key, { ...authorization, status: "authorized" });
        }
      }
    },
  };
}
