import type { ServiceName } from "@cartwright/contracts/services";
import { logLevels } from "@cartwright/observability/logger";
import { z } from "zod";
import { kafkaBrokers, kafkaSecurityConfig } from "./kafka-config.ts";

/** What every process is told by its environment, whatever runs in it. */
export const processConfig = z.object({
  LOG_LEVEL: z
    .enum(logLevels)
    .default("info")
    .describe("Lines below this level are not written."),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url()
    .optional()
    .describe(
      "Where traces and log lines go by OTLP/HTTP; none are exported without it.",
    ),
  TOKEN_ISSUER: z
    .url()
    .default("http://localhost:8080")
    .describe(
      "The `iss` of every token that is made or believed; for identity the root of the discovery document too.",
    ),
  TOKEN_AUDIENCE: z
    .string()
    .min(1)
    .default("cartwright")
    .describe("The `aud` of every token that is made or believed."),
  METRICS_PORT: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe(
      "Where `/metrics` is answered, and nothing else; nowhere unless given.",
    ),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe(
      "Share of new traces that are recorded; what goes on with a trace keeps to its decision.",
    ),
  LINGER_SECONDS: z.coerce
    .number()
    .min(0)
    .max(60)
    .default(0)
    .describe(
      "How long requests are still answered after the signal to stop, while readiness says no already: as long as balancers take to notice.",
    ),
  SERVICE_CLIENT_SECRET: z
    .string()
    .min(16)
    .describe("What the services show identity for tokens of their own."),
});

const urlOf = (name: ServiceName) =>
  z.url().describe(`Where the other processes reach ${name}.`);

/** Where a process of its own answers, and where the services do. */
export const addressConfig = z.object({
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .describe("Where it answers; 0 takes any that is free."),
  IDENTITY_URL: urlOf("identity"),
  CATALOG_URL: urlOf("catalog"),
  ORDER_URL: urlOf("order"),
  PAYMENT_URL: urlOf("payment"),
  INVENTORY_URL: urlOf("inventory"),
  SHIPPING_URL: urlOf("shipping"),
  NOTIFICATION_URL: urlOf("notification"),
  ANALYTICS_URL: urlOf("analytics"),
});

/** What a service in a process of its own is told besides. */
export const serviceConfig = processConfig.extend({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe("Connection string of the service's own role."),
  KAFKA_BROKERS: kafkaBrokers,
  ...kafkaSecurityConfig.shape,
  ...addressConfig.shape,
});

export type ServiceConfig = z.output<typeof serviceConfig>;

/** Where the services answer, by name. */
export const serviceUrls = (
  config: Pick<ServiceConfig, `${Uppercase<ServiceName>}_URL`>,
): Readonly<Record<ServiceName, string>> => ({
  identity: config.IDENTITY_URL,
  catalog: config.CATALOG_URL,
  order: config.ORDER_URL,
  payment: config.PAYMENT_URL,
  inventory: config.INVENTORY_URL,
  shipping: config.SHIPPING_URL,
  notification: config.NOTIFICATION_URL,
  analytics: config.ANALYTICS_URL,
});

/** Orders come in bursts; everybody else has a batch and a few requests in hand. */
export const connectionsOf = (service: string): number =>
  service === "order" ? 8 : 4;
