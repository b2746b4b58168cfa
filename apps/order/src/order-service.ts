import { sagaFigures } from "@cartwright/saga/saga-figures";
import { defineService } from "@cartwright/service/service";
import { checkCustomer } from "./commands/check-customer.ts";
import { learnProducts } from "./commands/learn-products.ts";
import { operateSagas } from "./commands/operate-saga.ts";
import { placeOrders } from "./commands/place-order.ts";
import { requestCancellation } from "./commands/request-cancellation.ts";
import { orderConfig } from "./config.ts";
import { onCatalog } from "./consumers/on-catalog.ts";
import { onShipment } from "./consumers/on-shipment.ts";
import { orderStore } from "./db/order-store.ts";
import { refusals } from "./domain/refusals.ts";
import { cancelOrderRoute } from "./http/cancel-order.route.ts";
import { placeOrderRoute } from "./http/place-order.route.ts";
import { readOrdersRoutes } from "./http/read-orders.routes.ts";
import { reconcileRoutes } from "./http/reconcile.routes.ts";
import { sagaRoutes } from "./http/sagas.routes.ts";
import { parkedFinder } from "./queries/find-parked.ts";
import { getOrder } from "./queries/get-order.ts";
import { orderSagas } from "./sagas/order-sagas.ts";
import { tellingOfOrders } from "./sagas/tell-of-orders.ts";

/** Takes orders, and sees each of them through to confirmed or cancelled. */
export const orderService = defineService({
  name: "order",
  config: orderConfig,
  create(platform, config) {
    const { db, clock, clients } = platform;
    const { outbox, follow, ...afterwards } = tellingOfOrders(platform);
    const orders = orderStore(outbox);
    const { engine: sagas, parts } = orderSagas(platform, {
      ...{ orders, follow },
      timeScale: config.SAGA_TIME_SCALE,
      retentionDays: config.SAGA_RETENTION_DAYS,
    });
    const findParked = parkedFinder(db, clients);
    const placeOrder = placeOrders({
      db,
      orders,
      sagas,
      clock,
      learn: learnProducts(db, clients.catalog),
    });

    return {
      routes: [
        placeOrderRoute(placeOrder, checkCustomer(clients.identity), {
          paymentToken: config.DEFAULT_PAYMENT_TOKEN,
          shippingAddress: standInAddress(config.DEFAULT_SHIPPING_COUNTRY),
        }),
        cancelOrderRoute(
          (orderId, reader) => getOrder(db, orderId, reader),
          requestCancellation({ db, orders, sagas, clock }),
        ),
        ...readOrdersRoutes(db),
        ...sagaRoutes(
          { db, sagas, findParked },
          { db, operate: operateSagas({ db, sagas, findParked }) },
        ),
        ...reconcileRoutes({ db, orders, sagas, outbox, clock }),
      ],
      refusals,
      handlers: [sagas.answers, onShipment(orders), onCatalog()],
      figures: () => sagaFigures(db),
      parts: [...parts, ...afterwards.parts],
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
