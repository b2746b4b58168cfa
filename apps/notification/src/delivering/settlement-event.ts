import type { Draft } from "@cartwright/contracts/message";
import {
  notificationFailed,
  notificationSent,
} from "@cartwright/contracts/notification";
import type { SettledDelivery } from "../domain/delivery.ts";

/** The published form of how a delivery ended. */
export function settlementOf({ state, ...delivery }: SettledDelivery): Draft {
  const { id, customerId, orderId, template, channel } = delivery;
  const common = { notificationId: id, customerId, orderId, template, channel };
  const at = state.settledAt.toISOString();
  return state.status === "sent"
    ? notificationSent({ ...common, sentAt: at })
    : notificationFailed({ ...common, code: state.code, failedAt: at });
}
