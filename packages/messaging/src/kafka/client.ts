import { seconds } from "@cartwright/kernel/duration";
import type { Logger } from "@cartwright/observability/logger";
import { Kafka, logLevel, type KafkaConfig, type logCreator } from "kafkajs";
import { useOwnCodec } from "./codec/own-codec.ts";
import { acceptZstd } from "./compression.ts";
import { followCoordinators } from "./coordinator-moves.ts";
import { mendRequestTimers } from "./request-timers.ts";

export type KafkaOptions = {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logger: Logger;
  /** TLS and credentials where the brokers ask for them. */
  readonly security?: Pick<KafkaConfig, "ssl" | "sasl">;
};

export function kafkaClient(options: KafkaOptions): Kafka {
  mendRequestTimers();
  useOwnCodec();
  acceptZstd();
  followCoordinators();
  return new Kafka({
    ...options.security,
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: seconds(5),
    requestTimeout: seconds(15),
    retry: { initialRetryTime: 100, maxRetryTime: seconds(2), retries: 6 },
    logLevel: logLevel.ERROR,
    logCreator: into(options.logger),
  });
}

/**
 * What kafkajs reports as errors is normal (a rebalance, a moved leader) or repeated with every retry;
 * whoever asked says what matters once.
 */
const into =
  (logger: Logger): logCreator =>
  () =>
  ({ namespace, log: { message, error } }) =>
    logger.debug(`kafkajs: ${namespace}: ${message}`, {
      ...(typeof error === "string" && { error }),
    });
