import { logLevels } from "@cartwright/observability/logger";
import {
  kafkaBrokers,
  kafkaSecurityConfig,
} from "@cartwright/service/kafka-config";
import { processConfig } from "@cartwright/service/service-config";
import { randomBytes } from "node:crypto";
import { z } from "zod";

const port = z.coerce.number().int().min(1).max(65_535);

/** Everything has a default: a clone starts without being told anything. What everybody would know has to be asked for. */
export const allInOneConfig = processConfig.extend({
  PORT: port.default(8080).describe("Where the gateway answers."),
  TOKEN_ISSUER: processConfig.shape.TOKEN_ISSUER.unwrap()
    .optional()
    .describe(
      "The `iss` of every token that is made or believed, and the root of the discovery document; where the gateway answers, unless given.",
    ),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe(
      "An administrator's connection string, with password; without it a PostgreSQL of our own is started.",
    ),
  POSTGRES_PORT: port.default(5433).describe("Of a PostgreSQL of our own."),
  PROVIDER_PORT: port
    .default(8089)
    .describe("Where the simulated payment provider answers."),
  DATA_FOLDER: z
    .string()
    .min(1)
    .default(".data")
    .describe("Where a PostgreSQL or Kafka of our own keeps its data."),
  KAFKA_BROKERS: kafkaBrokers
    .optional()
    .describe(
      "The brokers: `host:port,host:port`. Without them `npm start` takes a log in the database, `npm run start:kafka` starts a Kafka of our own.",
    ),
  ...kafkaSecurityConfig.shape,
  LOG_LEVEL: z
    .enum(logLevels)
    .default("warn")
    .describe("Lines below this level are not written."),
  DEMO_SHOP: z
    .enum(["true", "false"])
    .default("false")
    .transform((word) => word === "true")
    .describe(
      "Whether it is a shop to try out: with products, stock, users whose password everybody knows, and orders that need to name neither card nor address. `npm start` and `npm run start:kafka` say `true` unless told otherwise.",
    ),
  SERVICE_CLIENT_SECRET: z
    .string()
    .min(16)
    .default(() => randomBytes(24).toString("hex"))
    .describe("What the services show identity for tokens of their own."),
});
export type AllInOneConfig = z.output<typeof allInOneConfig>;

/** Unless another is named, tokens are issued where the gateway answers. */
export const issuerOf = ({
  TOKEN_ISSUER,
  PORT,
}: Pick<AllInOneConfig, "TOKEN_ISSUER" | "PORT">): string =>
  TOKEN_ISSUER ?? `http://localhost:${PORT}`;

/** What services are told besides; in a demo shop a first order needs nothing but a product. */
export const demoDefaults = (
  config: AllInOneConfig,
): Record<string, string> => ({
  ...(config.DEMO_SHOP && {
    DEFAULT_PAYMENT_TOKEN: "tok_visa",
    DEFAULT_SHIPPING_COUNTRY: "DE",
  }),
  PAYMENT_PROVIDER_URL: `http://127.0.0.1:${config.PROVIDER_PORT}`,
  PROVIDER_WEBHOOK_URL: `http://127.0.0.1:${config.PORT}/api/v1/payments/webhooks/simulated`,
  TOKEN_ISSUER: issuerOf(config),
  TOKEN_AUDIENCE: config.TOKEN_AUDIENCE,
  SERVICE_CLIENT_SECRET: config.SERVICE_CLIENT_SECRET,
});
