import type { BatchDatabase } from "@cartwright/database/tx";
import type { Duration } from "@cartwright/kernel/duration";
import { attemptWorker } from "@cartwright/messaging/attempt-worker";
import type { AttemptWorker } from "@cartwright/messaging/attempts";
import type { Logger } from "@cartwright/observability/logger";
import type { Tracing } from "@cartwright/observability/tracing";
import type { DecideAll } from "./decide-all.ts";
import type { ProviderOutcome } from "./domain/decide.ts";
import type { PaymentId } from "./domain/payment.ts";
import type { PaymentProvider } from "./provider/payment-provider.ts";
import {
  providerCalls,
  type ProviderRequest,
} from "./provider/provider-calls.ts";

/** Calls the provider for the payments, and lets them decide on what it said. */
export const paymentAttempts = (options: {
  readonly db: BatchDatabase;
  readonly logger: Logger;
  readonly tracing: Tracing;
  readonly provider: PaymentProvider;
  readonly concurrency: number;
  readonly timeout: Duration;
  readonly decideAll: DecideAll;
}): AttemptWorker<ProviderRequest> =>
  attemptWorker<ProviderRequest, ProviderOutcome>({
    name: "payment attempts",
    db: options.db,
    logger: options.logger,
    tracing: options.tracing,
    concurrency: options.concurrency,
    timeout: options.timeout,
    call: providerCalls(options.provider),
    settle: async (tx, settled) => {
      await options.decideAll(
        tx,
        settled.map(({ attempt, outcome }) => ({
          paymentId: attempt.subjectId as PaymentId,
          input: outcome,
          cause: attempt.cause,
        })),
      );
    },
  });
