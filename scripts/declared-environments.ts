import { analyticsConfig } from "@cartwright/app-analytics/config";
import { allInOneConfig } from "@cartwright/app-all-in-one/config";
import { catalogConfig } from "@cartwright/app-catalog/config";
import { gatewayProcessConfig } from "@cartwright/app-gateway/config";
import { identityConfig } from "@cartwright/app-identity/config";
import { inventoryConfig } from "@cartwright/app-inventory/config";
import { notificationConfig } from "@cartwright/app-notification/config";
import { orderConfig } from "@cartwright/app-order/config";
import { paymentProviderProcessConfig } from "@cartwright/app-payment-provider/config";
import { paymentConfig } from "@cartwright/app-payment/config";
import { shippingConfig } from "@cartwright/app-shipping/config";
import { serviceConfig } from "@cartwright/service/service-config";
import type { z } from "zod";
import { topicsConfig } from "./create-topics/config.ts";

const owning = (config: z.ZodObject): z.ZodObject =>
  serviceConfig.extend(config.shape);

/** The environment variables of each process, as its program reads them; the chart and the compose file are held to it. */
export const declaredEnvironments: Readonly<Record<string, z.ZodObject>> = {
  gateway: gatewayProcessConfig,
  identity: owning(identityConfig),
  catalog: owning(catalogConfig),
  order: owning(orderConfig),
  payment: owning(paymentConfig),
  inventory: owning(inventoryConfig),
  shipping: owning(shippingConfig),
  notification: owning(notificationConfig),
  analytics: owning(analyticsConfig),
  "payment-provider": paymentProviderProcessConfig,
  "all-in-one": allInOneConfig,
  topics: topicsConfig,
};
