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
});
