import {
  kafkaBrokers,
  kafkaSecurityConfig,
} from "@cartwright/service/kafka-config";
import { processConfig } from "@cartwright/service/service-config";
import { randomBytes } from "node:crypto";
import { z } from "zod";

const port = z.coerce.number().int().min(1).max(65_535);

/** Everything has a default: a clone starts without being told anything. */
export const allInOneConfig = processConfig.extend({
  /** Of the gateway. */
  PORT: port.default(8080),
  /** An administrator's connection string; without it a Postgres of our own is started. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  POSTGRES_PORT: port.default(5433),
  PROVIDER_PORT: port.default(8089),
  DATA_FOLDER: z.string().min(1).default(".data"),
  /** Without them the broker is a log in the database. */
  KAFKA_BROKERS: kafkaBrokers.optional(),
  ...kafkaSecurityConfig.shape,
  LOG_LEVEL: processConfig.shape.LOG_LEVEL.default("warn"),
  /** Nobody outside this process needs to know it. */
  SERVICE_CLIENT_SECRET: z
    .string()
    .min(16)
    .default(() => randomBytes(24).toString("hex")),
});
export type AllInOneConfig = z.output<typeof allInOneConfig>;

/** What services are told besides, so that a first order needs nothing but a product. */
export const demoDefaults = (
  config: AllInOneConfig,
): Record<string, string> => ({
  DEFAULT_PAYMENT_TOKEN: "tok_visa",
  DEFAULT_SHIPPING_COUNTRY: "DE",
  PAYMENT_PROVIDER_URL: `http://127.0.0.1:${config.PROVIDER_PORT}`,
  PROVIDER_WEBHOOK_URL: `http://127.0.0.1:${config.PORT}/api/v1/payments/webhooks/simulated`,
  TOKEN_ISSUER: config.TOKEN_ISSUER,
  TOKEN_AUDIENCE: config.TOKEN_AUDIENCE,
  SERVICE_CLIENT_SECRET: config.SERVICE_CLIENT_SECRET,
});
