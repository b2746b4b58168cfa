import type { Twin, Twins } from "../twin.ts";
import { archiveTwins } from "./archive.ts";
import { attemptTwins } from "./attempts.ts";
import { deliveryTwins } from "./deliveries.ts";
import { guardTwins } from "./guards.ts";
import { idempotencyTwins } from "./idempotency.ts";
import { inboxTwins } from "./inbox.ts";
import { leaseTwins } from "./leases.ts";
import { ledgerTwins } from "./ledger.ts";
import { mailTwins } from "./mails.ts";
import { orderTwins } from "./orders.ts";
import { outboxTwins } from "./outbox.ts";
import { parkedTwins } from "./parked.ts";
import { paymentTwins } from "./payments.ts";
import { productTwins } from "./products.ts";
import { reservationTwins } from "./reservations.ts";
import { sagaDefinitionTwins } from "./saga-definitions.ts";
import { sagaLogTwins } from "./saga-log.ts";
import { sagaRetentionTwins } from "./saga-retention.ts";
import { sagaRunTwins } from "./saga-runs.ts";
import { sagaTwins } from "./saga-store.ts";
import { sagaWaitingTwins } from "./saga-waiting.ts";
import { sequenceTwins } from "./sequences.ts";
import { shipmentTwins } from "./shipments.ts";
import { stockTwins } from "./stock.ts";

const ping: Twin = function* () {
  return [{ "?column?": 1 }];
};

/** What every statement on an order's way does. */
export const allTwins: Twins = {
  "SELECT 1": ping,
  ...archiveTwins,
  ...attemptTwins,
  ...deliveryTwins,
  ...guardTwins,
  ...idempotencyTwins,
  ...inboxTwins,
  ...leaseTwins,
  ...ledgerTwins,
  ...mailTwins,
  ...orderTwins,
  ...outboxTwins,
  ...parkedTwins,
  ...paymentTwins,
  ...productTwins,
  ...reservationTwins,
  ...sagaDefinitionTwins,
  ...sagaTwins,
  ...sagaRunTwins,
  ...sagaRetentionTwins,
  ...sagaLogTwins,
  ...sagaWaitingTwins,
  ...sequenceTwins,
  ...shipmentTwins,
  ...stockTwins,
};
