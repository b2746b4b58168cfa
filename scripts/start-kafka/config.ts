import { allInOneConfig } from "@cartwright/app-all-in-one/config";
import { z } from "zod";

const port = z.coerce.number().int().min(1).max(65_535);

/** As for one process, and what only several processes and a broker need. */
export const startKafkaConfig = allInOneConfig.extend({
  KAFKA_PORT: port
    .default(9092)
    .describe(
      "Of our own broker, its controller takes the next one; unused with `KAFKA_BROKERS`.",
    ),
  SERVICES_PORT: port
    .default(8101)
    .describe(
      "Of the first service; the others follow, however many there are.",
    ),
});
export type StartKafkaConfig = z.output<typeof startKafkaConfig>;

export type Surroundings = {
  readonly config: StartKafkaConfig;
  /** Known once the database has started. */
  readonly adminUrl: () => string;
  readonly brokers: readonly string[];
};
