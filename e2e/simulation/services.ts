import { notificationService } from "@cartwright/app-notification/notification-service";
import { inventoryService } from "@cartwright/app-inventory/inventory-service";
import { orderService } from "@cartwright/app-order/order-service";
import { paymentWith } from "@cartwright/app-payment/payment-service";
import type { PaymentProvider } from "@cartwright/app-payment/provider/payment-provider";
import type { Carrier } from "@cartwright/app-shipping/carriers/carrier";
import { shippingWith } from "@cartwright/app-shipping/shipping-service";
import type { Part } from "@cartwright/kernel/part";
import { parseConfig } from "@cartwright/service/load-config";
import type { ServiceDefinition } from "@cartwright/service/service";
import type { Plan } from "./plan.ts";
import type { z } from "zod";

export type Outside = {
  readonly provider: () => PaymentProvider & Part;
  readonly carrier: () => Carrier;
};

export type Program = {
  readonly definition: ServiceDefinition;
  readonly config: z.output<z.ZodObject>;
};

/** The services that take part, with what they are told by their environment. */
export function programs(
  { provider, carrier }: Outside,
  { autoDispatchAfter, timeScale }: Plan,
): Readonly<Record<string, Program>> {
  return {
    order: program(orderService, { SAGA_TIME_SCALE: String(timeScale) }),
    payment: program(paymentWith(provider), {}),
    inventory: program(inventoryService, {}),
    shipping: program(
      shippingWith(carrier),
      autoDispatchAfter === undefined
        ? {}
        : { AUTO_DISPATCH_AFTER_MS: String(autoDispatchAfter) },
    ),
    notification: program(notificationService, {}),
  };
}

const program = <Config extends z.ZodObject>(
  definition: ServiceDefinition<Config>,
  env: Readonly<Record<string, string>>,
): Program => ({
  definition: definition,
  config: parseConfig(definition.config, env),
});
