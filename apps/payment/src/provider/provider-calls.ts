import type { Cause } from "@cartwright/contracts/message";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import { unreachable } from "@cartwright/kernel/exhaustive";
import type { Attempt, CallResult } from "@cartwright/messaging/attempts";
import type { ProviderOutcome } from "../domain/decide.ts";
import type { ProviderCall } from "../domain/decision.ts";
import type {
  Authorization,
  AuthorizationRequest,
  PaymentProvider,
} from "./payment-provider.ts";

/** A call as its attempt remembers it. */
export type ProviderRequest = ProviderCall &
  Omit<AuthorizationRequest, "paymentToken">;

type Result = CallResult<ProviderOutcome>;

/**
 * Makes the calls that payments decided on. One that was begun before looks up first what became of
 * it. Whatever cannot be told yet is asked again later, without end.
 */
export function providerCalls(provider: PaymentProvider) {
  return (
    { request, calls, cause }: Attempt<ProviderRequest>,
    signal: AbortSignal,
  ): Promise<Result> => {
    const call = { provider, calls, signal, cause };
    switch (request.kind) {
      case "authorize":
        return authorize(call, request);
      case "await-authorization":
        return awaitAuthorization(call, request);
      case "capture":
        return capture(call, request);
      case "refund":
        return refund(call, request);
      case "release":
        return release(call, request);
      default:
        return unreachable(request);
    }
  };
}

type Call = {
  readonly provider: PaymentProvider;
  readonly calls: number;
  readonly signal: AbortSignal;
  readonly cause: Cause;
};

async function authorize(
  { provider, calls, signal, cause }: Call,
  request: ProviderRequest & { readonly kind: "authorize" },
): Promise<Result> {
  const { id, key, reference, amount, paymentToken } = request;
  const known = calls > 0 ? await provider.find(key, signal, cause) : undefined;
  const held =
    known ??
    (await provider.authorize(
      { key, reference, amount, paymentToken },
      signal,
      cause,
    ));
  return settled({ type: "authorization", id, ...authorizationOf(held) });
}

async function awaitAuthorization(
  { provider, calls, signal, cause }: Call,
  { id, key }: ProviderRequest,
): Promise<Result> {
  const held = await provider.find(key, signal, cause);
  return held === undefined || held.status === "pending"
    ? later(calls, "the provider still needs time")
    : settled({ type: "authorization", id, ...authorizationOf(held) });
}

function authorizationOf({ status, declineCode = "declined" }: Authorization) {
  switch (status) {
    case "authorized":
    case "captured":
    case "refunded":
      return { status: "authorized" } as const;
    case "pending":
      return { status } as const;
    case "declined":
      return { status, code: declineCode } as const;
    case "voided":
      return { status: "declined", code: "cancelled" } as const;
  }
}

async function capture(
  { provider, calls, signal, cause }: Call,
  { id, key }: ProviderRequest,
): Promise<Result> {
  const known = calls > 0 ? await provider.find(key, signal, cause) : undefined;
  const outcome =
    captureOf(known) ?? captureOf(await provider.capture(key, signal, cause));
  return outcome === undefined
    ? later(calls, "the provider has not captured yet")
    : settled({ type: "capture-answer", id, ...outcome });
}

/** Undefined as long as nothing has been decided. */
function captureOf(held: Authorization | undefined) {
  if (held === undefined) return undefined;
  if (held.status === "captured") return { status: "captured" } as const;
  // Given back already, by a cancellation that the database has lost or that has overtaken this call.
  if (held.status === "refunded")
    return { status: "declined", code: "refunded" } as const;
  const code =
    held.captureDeclineCode ??
    (held.status === "voided" ? "cancelled" : held.declineCode);
  return code === undefined
    ? undefined
    : ({ status: "declined", code } as const);
}

async function refund(
  { provider, calls, signal, cause }: Call,
  { id, key }: ProviderRequest,
): Promise<Result> {
  const { status } = await provider.refund(key, signal, cause);
  return status === "refunded"
    ? settled({ type: "refund-answer", id, status })
    : later(calls, `the provider still says ${status}`);
}

/** A void that comes too late is refused by the provider, and the money refunded instead. */
async function release(
  { provider, calls, signal, cause }: Call,
  { id, key }: ProviderRequest,
): Promise<Result> {
  let held = await provider.find(key, signal, cause);
  if (held === undefined) {
    return later(calls, "the authorization has not arrived there yet");
  }
  if (held.status === "pending" || held.status === "authorized") {
    held = await provider.void(key, signal, cause);
  }
  if (held.status === "captured")
    held = await provider.refund(key, signal, cause);
  switch (held.status) {
    case "declined":
      return settled({ type: "release", id, outcome: "none" });
    case "voided":
    case "refunded":
      return settled({ type: "release", id, outcome: held.status });
    case "pending":
    case "authorized":
    case "captured":
      return later(calls, `the provider still says ${held.status}`);
  }
}

const settled = (outcome: ProviderOutcome): Result => ({
  settled: true,
  outcome,
});

const later = (calls: number, reason: string): Result => ({
  settled: false,
  retryIn: backOff(calls),
  reason,
});

/** Half a second, growing by half to fifteen; a webhook cuts it short. */
const backOff = (calls: number): Duration =>
  Math.min(500 * 1.5 ** Math.min(calls, 10), seconds(15));
