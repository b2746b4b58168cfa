import * as inventory from "@cartwright/contracts/inventory";
import * as payment from "@cartwright/contracts/payment";
import * as shipping from "@cartwright/contracts/shipping";
import { newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { runSaga } from "@cartwright/saga/testing";
import { answersAbout } from "../../test/answers.ts";
import { cancel, declineCancellation } from "../domain/order.ts";
import { cancelOrderSaga } from "./cancel-order.saga.ts";

function aCancellation() {
  const orderId = newId();
  const total = money(2500, "EUR");
  return {
    saga: runSaga(cancelOrderSaga, { orderId, total }),
    says: answersAbout(orderId, total),
    cancelShipment: shipping.cancelShipment({ orderId }),
    cancelPayment: payment.cancelPayment({ orderId, amount: total }),
    release: inventory.releaseInventory({ orderId }),
  };
}

it("gives the money back and frees the stock once the parcel is held for good", () => {
  const { saga, says, cancelShipment, cancelPayment, release } =
    aCancellation();
  saga
    .expectCommand(cancelShipment)
    .answers(says.shipmentCancelled)
    .expectCommand(cancelPayment)
    .answers(says.paymentCancelled)
    .expectCommand(release)
    .answers(says.released)
    .expectEnding("completed", { decided: cancel });
});

it("leaves the order as it was when the parcel has gone", () => {
  const { saga, says, cancelShipment } = aCancellation();
  saga
    .expectCommand(cancelShipment)
    .answers(says.alreadyDispatched)
    .expectEnding("compensated", {
      reason: "already-dispatched",
      decided: declineCancellation,
    });
});

it("asks for the refund until it is confirmed", () => {
  const { saga, says, cancelShipment, cancelPayment, release } =
    aCancellation();
  saga
    .expectCommand(cancelShipment)
    .answers(says.shipmentCancelled)
    .expectCommand(cancelPayment)
    .timesOut()
    .expectCommand(cancelPayment)
    .answers(says.paymentCancelled)
    .expectCommand(release);
});
