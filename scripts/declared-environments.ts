import { analyticsConfig } from "@cartwright/app-analytics/config";
import { allInOneConfig } from "@cartwright/app-all-in-one/config";
import { catalogConfig } from "@cartwright/app-catalog/config";
import { cliConfig, cutConfig } from "@cartwright/app-cli/config";
import {
  gatewayConfig,
  gatewayProcessConfig,
} from "@cartwright/app-gateway/config";
import { identityConfig } from "@cartwright/app-identity/config";
import { inventoryConfig } from "@cartwright/app-inventory/config";
import { notificationConfig } from "@cartwright/app-notification/config";
import { orderConfig } from "@cartwright/app-order/config";
import {
  paymentProviderConfig,
  paymentProviderProcessConfig,
} from "@cartwright/app-payment-provider/config";
import { paymentConfig } from "@cartwright/app-payment/config";
import { shippingConfig } from "@cartwright/app-shipping/config";
import { serviceConfig } from "@cartwright/service/service-config";
import { z } from "zod";
import { administratorConfig } from "./administrator-config.ts";
import { topicsConfig } from "./create-topics/config.ts";
import { migrationsConfig } from "./migrations-config.ts";
import { startKafkaConfig } from "./start-kafka/config.ts";

const owning = (config: z.ZodObject): z.ZodObject =>
  serviceConfig.extend(config.shape);

/** Whoever runs or begins everything reads or hands on what each of them is told; its own word goes before. */
const everybodyAnd = (config: z.ZodObject): z.ZodObject =>
  z.object({
    ...gatewayConfig.shape,
    ...identityConfig.shape,
    ...catalogConfig.shape,
    ...orderConfig.shape,
    ...paymentProviderConfig.shape,
    ...paymentConfig.shape,
    ...inventoryConfig.shape,
    ...shippingConfig.shape,
    ...notificationConfig.shape,
    ...analyticsConfig.shape,
    ...config.shape,
  });

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
  "all-in-one": everybodyAnd(allInOneConfig),
  "start:kafka": everybodyAnd(startKafkaConfig),
  migrations: migrationsConfig,
  topics: topicsConfig,
  "demo-shop": administratorConfig,
  ops: cliConfig.extend(cutConfig.partial().shape),
};
