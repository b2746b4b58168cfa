import { breakerOptions } from "@cartwright/http/breaker";
import type { ServiceName } from "@cartwright/contracts/services";
import { seconds } from "@cartwright/kernel/duration";
import { Refusal } from "@cartwright/kernel/refusal";

const RETRY_SOON = 1;

/** What the caller hears when a service gives no answer: when to ask again. Its cause is why, unless nobody asked. */
export function unavailable(service: ServiceName, error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const isOpen = (error as { code?: unknown } | null)?.code === "EOPENBREAKER";
  const wait = isOpen ? breakerOptions.resetTimeout / seconds(1) : RETRY_SOON;
  return new Refusal(
    "service-unavailable",
    `The ${service} service does not answer right now.`,
    { service, headers: { "retry-after": String(wait) } },
    isOpen ? undefined : { cause: error },
  );
}
