import {
  kafkaBrokers,
  kafkaSecurityConfig,
} from "@cartwright/service/kafka-config";
import { processConfig } from "@cartwright/service/service-config";
import { z } from "zod";

/** The environment variables of the job that creates the topics. */
export const topicsConfig = z.object({
  KAFKA_BROKERS: kafkaBrokers,
  ...kafkaSecurityConfig.shape,
  LOG_LEVEL: processConfig.shape.LOG_LEVEL,
  KAFKA_ACCESS_FILE: z
    .string()
    .optional()
    .describe(
      "A file that says who is granted what, as JSON; for brokers that refuse what nobody granted.",
    ),
  KAFKA_PRINCIPAL_PREFIX: z
    .string()
    .default("")
    .describe("Before the service's name: what the brokers know it by."),
});
