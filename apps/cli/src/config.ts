import {
  kafkaBrokers,
  kafkaSecurityConfig,
} from "@cartwright/service/kafka-config";
import { z } from "zod";

/** What the command line is told by its environment; options go before it. */
export const cliConfig = z.object({
  CARTWRIGHT_URL: z
    .string()
    .default("http://localhost:8080")
    .describe("Where the gateway answers; `--url` goes before it."),
  CARTWRIGHT_TOKEN: z
    .string()
    .optional()
    .describe("An operator's access token; `--token` goes before it."),
  CARTWRIGHT_EMAIL: z
    .string()
    .optional()
    .describe("Whom to log in as where no token is given."),
  CARTWRIGHT_PASSWORD: z
    .string()
    .optional()
    .describe("The password to log in with where no token is given."),
});

/** What `reconcile cut` is told: it works where no service runs. */
export const cutConfig = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe(
      "Connection string of the database's administrator; for `reconcile cut`, which needs it.",
    ),
  KAFKA_BROKERS: kafkaBrokers.describe(
    "The brokers: `host:port,host:port`; for `reconcile cut`, which needs them.",
  ),
  ...kafkaSecurityConfig.shape,
});
