import * as inventory from "@cartwright/contracts/inventory";
import * as notification from "@cartwright/contracts/notification";
import * as payment from "@cartwright/contracts/payment";
import * as shipping from "@cartwright/contracts/shipping";
import { hours } from "@cartwright/kernel/duration";
import { commandIdOf } from "@cartwright/saga/command";
import { runSaga } from "@cartwright/saga/testing";
import { answersAbout } from "../../test/answers.ts";
import { aPlaceOrderMemory } from "../../test/fixtures.ts";
import { cancel, confirm } from "../domain/order.ts";
import { cancelOrderSaga } from "./cancel-order.saga.ts";
import { placeOrderSaga } from "./place-order.saga.ts";

function aPlacedOrder() {
  const memory = aPlaceOrderMemory();
  const { orderId, customerId, total, paymentToken, address, orderNumber } =
    memory;
  const lines = [{ sku: "MUG-01", quantity: 2 }];
  return {
    saga: runSaga(placeOrderSaga, memory),
    says: answersAbout(orderId, total),
    orderId,
    total,
    reserve: inventory.reserveInventory({ orderId, lines }),
    release: inventory.releaseInventory({ orderId }),
    authorize: payment.authorizePayment({
      orderId,
      customerId,
      amount: total,
      paymentToken,
    }),
    cancelPayment: payment.cancelPayment({ orderId, amount: total }),
    ship: shipping.createShipment({ orderId, customerId, lines, address }),
    cancelShipment: shipping.cancelShipment({ orderId }),
    capture: payment.capturePayment({ orderId }),
    notify: notification.sendNotification({
      orderId,
      customerId,
      template: "order-confirmed",
      values: { orderNumber },
    }),
  };
}

/** Up to the point where the money is asked for. */
function anOrderAtThePivot() {
  const order = aPlacedOrder();
  order.saga
    .expectCommand(order.reserve)
    .answers(order.says.reserved)
    .expectCommand(order.authorize)
    .answers(order.says.authorized)
    .expectCommand(order.ship)
    .answers(order.says.shipmentCreated)
    .expectCommand(order.capture);
  return order;
}

it("confirms the order when the money is captured, and tells the customer after that", () => {
  const { saga, says, notify } = anOrderAtThePivot();
  saga
    .answers(says.captured)
    .expectDecision(confirm)
    .expectCommand(notify)
    .answers(says.notified)
    .expectEnding("completed", { reason: null });
});

it("cancels the order at once when the stock is short, for there is nothing to undo", () => {
  const { saga, says, reserve } = aPlacedOrder();
  saga
    .expectCommand(reserve)
    .answers(says.outOfStock)
    .expectEnding("compensated", { reason: "out-of-stock", decided: cancel });
});

it("releases the stock and cancels the order when the card is declined", () => {
  const { saga, says, reserve, authorize, release } = aPlacedOrder();
  saga
    .expectCommand(reserve)
    .answers(says.reserved)
    .expectCommand(authorize)
    .answers(says.declined)
    .expectCommand(release)
    .answers(says.released)
    .expectEnding("compensated", { reason: "card-declined", decided: cancel });
});

it("gives back money and stock when the address is refused", () => {
  const { saga, says, reserve, authorize, ship, ...undo } = aPlacedOrder();
  saga
    .expectCommand(reserve)
    .answers(says.reserved)
    .expectCommand(authorize)
    .answers(says.authorized)
    .expectCommand(ship)
    .answers(says.addressRefused)
    .expectCommand(undo.cancelPayment)
    .answers(says.paymentCancelled)
    .expectCommand(undo.release)
    .answers(says.released)
    .expectEnding("compensated", {
      reason: "address-not-deliverable",
      decided: cancel,
    });
});

it("undoes everything, the shipment first, when the capture is refused", () => {
  const { saga, says, ...undo } = anOrderAtThePivot();
  saga
    .answers(says.captureRefused)
    .expectCommand(undo.cancelShipment)
    .answers(says.shipmentCancelled)
    .expectCommand(undo.cancelPayment)
    .answers(says.paymentCancelled)
    .expectCommand(undo.release)
    .answers(says.released)
    .expectEnding("compensated", { reason: "card-expired", decided: cancel });
});

it("undoes the silent step too, because nobody knows whether it happened", () => {
  const { saga, says, reserve, authorize, cancelPayment, release } =
    aPlacedOrder();
  saga
    .expectCommand(reserve)
    .answers(says.reserved)
    .expectCommand(authorize)
    .timesOut()
    .expectCommand(cancelPayment)
    .answers(says.paymentCancelled)
    .expectCommand(release)
    .answers(says.released)
    .expectEnding("compensated", {
      reason: "authorize-payment-timed-out",
      decided: cancel,
    });
});

it("passes over an answer that comes after its step was given up", () => {
  const { saga, says, reserve, release } = aPlacedOrder();
  const doReserve = commandIdOf(saga.instance().id, "reserve-inventory", "do");
  saga
    .expectCommand(reserve)
    .timesOut()
    .expectCommand(release)
    .answersLate(says.reserved, doReserve)
    .expectSilence()
    .answers(says.released)
    .expectEnding("compensated", {
      reason: "reserve-inventory-timed-out",
      decided: cancel,
    });
});

it("passes over the same answer given twice", () => {
  const { saga, says, reserve, authorize } = aPlacedOrder();
  saga
    .expectCommand(reserve)
    .answers(says.reserved)
    .expectCommand(authorize)
    .answersAgain()
    .expectSilence();
});

it("asks for the capture again and again, and never takes silence for a no", () => {
  const { saga, says, capture, notify } = anOrderAtThePivot();
  saga
    .timesOut()
    .expectCommand(capture)
    .timesOut()
    .expectCommand(capture)
    .answers(says.captured)
    .expectDecision(confirm)
    .expectCommand(notify);
});

it("asks for an undo without limit, and calls a person when it takes too long", () => {
  const { saga, says, reserve, authorize, release } = aPlacedOrder();
  saga
    .expectCommand(reserve)
    .answers(says.reserved)
    .expectCommand(authorize)
    .answers(says.declined)
    .expectCommand(release)
    .timesOut()
    .expectCommand(release)
    .timesOut(hours(25))
    .expectCommand(release);
  expect(saga.instance().status).toBe("stuck");
  saga.answers(says.released).expectEnding("compensated", { decided: cancel });
});

it("turns round when the customer cancels before the capture is asked for", () => {
  const { saga, says, reserve, authorize, cancelPayment, release } =
    aPlacedOrder();
  saga
    .expectCommand(reserve)
    .answers(says.reserved)
    .expectCommand(authorize)
    .stops("requested-by-customer")
    .expectCommand(cancelPayment)
    .answers(says.paymentCancelled)
    .expectCommand(release)
    .answers(says.released)
    .expectEnding("compensated", {
      reason: "requested-by-customer",
      decided: cancel,
    });
});

it("remembers a cancellation that comes after the capture was asked for, and takes the order back once it is paid", () => {
  const { saga, says, orderId, total } = anOrderAtThePivot();
  saga
    .stops("requested-by-customer")
    .expectSilence()
    .answers(says.captured)
    .expectStart(cancelOrderSaga.start({ orderId, total }))
    .expectEnding("completed");
});

it("needs no second saga when the capture it waited for is refused", () => {
  const { saga, says, cancelShipment } = anOrderAtThePivot();
  saga
    .stops("requested-by-customer")
    .answers(says.captureRefused)
    .expectCommand(cancelShipment);
});

it("stays confirmed when the customer cannot be told", () => {
  const { saga, says, notify } = anOrderAtThePivot();
  saga
    .answers(says.captured)
    .expectDecision(confirm)
    .expectCommand(notify)
    .answers(says.notNotified)
    .expectEnding("completed");
});

it("lets a cancellation be asked for twice", () => {
  const { saga, says, reserve, release } = aPlacedOrder();
  saga
    .expectCommand(reserve)
    .stops("requested-by-customer")
    .expectCommand(release)
    .stops("requested-by-customer")
    .expectSilence()
    .answers(says.released)
    .expectEnding("compensated", { reason: "requested-by-customer" });
});
