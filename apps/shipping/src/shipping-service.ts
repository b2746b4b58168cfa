import { milliseconds } from "@cartwright/kernel/duration";
import { defineService } from "@cartwright/service/service";
import type { Carrier } from "./carriers/carrier.ts";
import { simulatedCarrier } from "./carriers/simulated-carrier.ts";
import { shippingConfig, type ShippingConfig } from "./config.ts";
import { onOrderMoved } from "./consumers/on-order-moved.ts";
import { shipmentReader } from "./db/shipment-reader.ts";
import { shippingRoutes } from "./http/routes.ts";
import { taskWorker } from "./tasks/task-worker.ts";

/** Books a parcel for every order, holds it until the order is confirmed, and follows it on its way. */
export const shippingWith = (
  openCarrier: (config: ShippingConfig) => Carrier,
) =>
  defineService({
    name: "shipping",
    config: shippingConfig,
    create(platform, config) {
      const { db, clock } = platform;
      const carrier = openCarrier(config);
      const { worker, decideAll } = taskWorker({
        ...platform,
        carrier,
        concurrency: config.CARRIER_CONCURRENCY,
        autoDispatchAfter: config.AUTO_DISPATCH_AFTER_MS,
      });
      const reader = shipmentReader(db);
      return {
        routes: shippingRoutes({ db, clock, carrier, decideAll, reader }),
        refusals: { "not-dispatchable": 409, "not-dispatched": 409 },
        handlers: [onOrderMoved({ decideAll, clock })],
        parts: [worker],
      };
    },
  });

export const shippingService = shippingWith((config) =>
  simulatedCarrier({ latency: milliseconds(config.CARRIER_LATENCY_MS) }),
);
