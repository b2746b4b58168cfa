import { contracts } from "@cartwright/contracts/catalogue";
import type { DataOf } from "@cartwright/contracts/define";
import type { Message } from "@cartwright/contracts/message";
import {
  orderCancelled,
  orderConfirmed,
  orderCreated,
} from "@cartwright/contracts/order";
import {
  paymentCancelled,
  refundProcessed,
} from "@cartwright/contracts/payment";
import { inAnyOrder, type BatchHandler } from "@cartwright/messaging/handler";
import { archive } from "../db/archive-store.ts";
import { addToSales } from "../db/sales-store.ts";
import { tally, type SalesFact } from "../domain/sales.ts";

const events = contracts.filter(({ kind }) => kind === "event");

/** Keeps every event there is, a newer release's too, and counts the sales among those that it had not kept before. */
export const onAnyEvent = {
  ...inAnyOrder(events, (tx, messages) =>
    addToSales(tx, tally(messages.flatMap(salesFactsIn))),
  ),
  newerEvents: true,
  remember: archive,
} satisfies BatchHandler;

function salesFactsIn({ type, data }: Message): SalesFact[] {
  switch (type) {
    case orderCreated.type: {
      const { createdAt, totalAmount } = data as DataOf<typeof orderCreated>;
      return [{ kind: "placed", at: createdAt, total: totalAmount }];
    }
    case orderConfirmed.type: {
      const { confirmedAt, totalAmount } = data as DataOf<
        typeof orderConfirmed
      >;
      return [{ kind: "confirmed", at: confirmedAt, total: totalAmount }];
    }
    case orderCancelled.type: {
      const { cancelledAt, totalAmount, wasConfirmed } = data as DataOf<
        typeof orderCancelled
      >;
      return [
        {
          kind: "cancelled",
          at: cancelledAt,
          total: totalAmount,
          wasConfirmed,
        },
      ];
    }
    default:
      return refundsIn(type, data);
  }
}

/** Money that goes back with a cancelled order is told of by the order; here counts what staff gave back. */
function refundsIn(type: string, data: unknown): SalesFact[] {
  switch (type) {
    case refundProcessed.type: {
      const refund = data as DataOf<typeof refundProcessed>;
      return refund.reason === "refund-requested"
        ? [{ kind: "refunded", at: refund.refundedAt, total: refund.amount }]
        : [];
    }
    case paymentCancelled.type: {
      const { refundedBefore, cancelledAt, amount } = data as DataOf<
        typeof paymentCancelled
      >;
      return refundedBefore
        ? [{ kind: "refund-taken-over", at: cancelledAt, total: amount }]
        : [];
    }
    default:
      return [];
  }
}
