import { seconds } from "@cartwright/kernel/duration";
import type { Logger } from "@cartwright/observability/logger";
import { Kafka, logLevel, type KafkaConfig, type logCreator } from "kafkajs";
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
 * Protocol errors on a connection (a rebalance, a moved leader) are normal and handled by whoever
 * sent the request, so they only show in debugging.
 */
const into =
  (logger: Logger): logCreator =>
  () =>
  ({ namespace, log: { message, ...details } }) => {
    const level = namespace === "Connection" ? "debug" : "warn";
    logger[level](`kafka: ${message}`, {
      ...(typeof details["error"] === "string" && { error: details["error"] }),
      ...(typeof details["groupId"] === "string" && {
        group: details["groupId"],
      }),
    });
  };
