import type { Tx } from "@cartwright/database/tx";
import type { OrderId } from "@cartwright/kernel/ids";
import { createSagaEngine, type LocalDecision } from "@cartwright/saga/engine";
import { sagaTimer } from "@cartwright/saga/timer";
import { defineService } from "@cartwright/service/service";
import { learnProducts } from "./commands/learn-products.ts";
import { placeOrders } from "./commands/place-order.ts";
import { requestCancellation } from "./commands/request-cancellation.ts";
import { orderConfig } from "./config.ts";
import { onCatalog } from "./consumers/on-catalog.ts";
import { onShipment } from "./consumers/on-shipment.ts";
import { orderStore } from "./db/order-store.ts";
import type { OrderDecider } from "./domain/order.ts";
import { refusals } from "./domain/refusals.ts";
import { cancelOrderRoute } from "./http/cancel-order.route.ts";
import { placeOrderRoute } from "./http/place-order.route.ts";
import { readOrdersRoutes } from "./http/read-orders.routes.ts";
import { getOrder } from "./queries/get-order.ts";
import { cancelOrderSaga } from "./sagas/cancel-order.saga.ts";
import { placeOrderSaga } from "./sagas/place-order.saga.ts";

/** Takes orders, and sees each of them through to confirmed or cancelled. */
export const orderService = defineService({
  name: "order",
  config: orderConfig,
  create({ db, outbox, clock, clients, logger }, config) {
    const orders = orderStore(outbox);
    const sagas = createSagaEngine<OrderDecider>({
      outbox,
      definitions: [placeOrderSaga, cancelOrderSaga],
      timeScale: config.SAGA_TIME_SCALE,
      decide: (tx: Tx, decisions: readonly LocalDecision<OrderDecider>[]) =>
        orders.change(
          tx,
          decisions.map(({ key, decider, reason, cause }) => ({
            id: key as OrderId,
            cause,
            decide: (order) => decider(order, { at: clock.now(), reason }),
          })),
        ),
    });
    const placeOrder = placeOrders({
      db,
      orders,
      sagas,
      clock,
      learn: learnProducts(db, clients.catalog),
    });

    return {
      routes: [
        placeOrderRoute(placeOrder, {
          paymentToken: config.DEFAULT_PAYMENT_TOKEN,
          shippingAddress: standInAddress(config.DEFAULT_SHIPPING_COUNTRY),
        }),
        cancelOrderRoute(
          (orderId, reader) => getOrder(db, orderId, reader),
          requestCancellation({ db, orders, sagas, clock }),
        ),
        ...readOrdersRoutes(db),
      ],
      refusals,
      handlers: [sagas.answers, onShipment(orders), onCatalog()],
      parts: [sagaTimer({ db, engine: sagas, logger })],
    };
  },
});

const standInAddress = (country: string | undefined) =>
  country === undefined
    ? undefined
    : {
        name: "Demo Customer",
        line1: "1 Market Square",
        postalCode: "10115",
        city: "Berlin",
        country,
      };
