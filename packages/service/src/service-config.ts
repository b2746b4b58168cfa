import type { ServiceName } from "@cartwright/contracts/services";
import { logLevels } from "@cartwright/observability/logger";
import { z } from "zod";
import { kafkaBrokers, kafkaSecurityConfig } from "./kafka-config.ts";

/** What every process is told by its environment, whatever runs in it. */
export const processConfig = z.object({
  LOG_LEVEL: z.enum(logLevels).default("info"),
  /** OTLP/HTTP; no traces are exported without it. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  /** The `iss` and `aud` of every token that is believed. */
  TOKEN_ISSUER: z.url().default("http://localhost:8080"),
  TOKEN_AUDIENCE: z.string().min(1).default("cartwright"),
  /** Where `/metrics` is answered, and nothing else; nowhere unless given. */
  METRICS_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  /** Share of new traces that are recorded; those that come from outside keep their own decision. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(0.1),
  /** How long requests are still answered after the signal to stop, while readiness says no already. */
  LINGER_SECONDS: z.coerce.number().min(0).max(60).default(0),
  /** What the services show identity for tokens of their own. */
  SERVICE_CLIENT_SECRET: z.string().min(16),
});

/** What a service in a process of its own is told besides. */
export const serviceConfig = processConfig.extend({
  /** Connection string of the service's own role. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  KAFKA_BROKERS: kafkaBrokers,
  ...kafkaSecurityConfig.shape,
  PORT: z.coerce.number().int().min(0).max(65_535),
  IDENTITY_URL: z.url(),
  CATALOG_URL: z.url(),
  ORDER_URL: z.url(),
  PAYMENT_URL: z.url(),
  INVENTORY_URL: z.url(),
  SHIPPING_URL: z.url(),
  NOTIFICATION_URL: z.url(),
  ANALYTICS_URL: z.url(),
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
