import type { Part } from "@cartwright/kernel/part";
import type { Surroundings } from "./config.ts";
import { supervised } from "./supervised.ts";

/** All services in one process, which says itself how to order. */
export function oneProcess({
  config,
  adminUrl,
  brokers,
}: Surroundings): readonly Part[] {
  return [
    supervised({
      name: "shop",
      prefixed: false,
      file: "apps/all-in-one/src/main.ts",
      port: config.PORT,
      environment: () => ({
        DATABASE_URL: adminUrl(),
        KAFKA_BROKERS: brokers.join(),
      }),
    }),
  ];
}
