import type { MessageOf } from "@cartwright/contracts/define";
import { causedBy } from "@cartwright/contracts/message";
import {
  authorizePayment,
  cancelPayment,
  capturePayment,
} from "@cartwright/contracts/payment";
import type { OrderId, UserId } from "@cartwright/kernel/ids";
import { on, type BatchHandler } from "@cartwright/messaging/handler";
import type { DecideAll } from "../decide-all.ts";
import type { PaymentCommand } from "../domain/decide.ts";
import { paymentIdOf } from "../domain/payment.ts";

const commands = [authorizePayment, capturePayment, cancelPayment] as const;

export const onPaymentCommands = (decideAll: DecideAll): BatchHandler =>
  on(commands, async (tx, messages) => {
    await decideAll(
      tx,
      messages.map((message) => ({
        paymentId: paymentIdOf(message.data.orderId),
        input: commandOf(message),
        cause: causedBy(message),
      })),
    );
  });

function commandOf(
  message: MessageOf<(typeof commands)[number]>,
): PaymentCommand {
  const { id } = message;
  const orderId = message.data.orderId as OrderId;
  switch (message.type) {
    case "payment.AuthorizePayment.v1": {
      const customerId = message.data.customerId as UserId;
      const { amount, paymentToken } = message.data;
      return {
        type: "authorize",
        id,
        orderId,
        customerId,
        amount,
        paymentToken,
      };
    }
    case "payment.CapturePayment.v1":
      return { type: "capture", id, orderId };
    case "payment.CancelPayment.v1":
      return { type: "cancel", id, orderId, amount: message.data.amount };
  }
}
