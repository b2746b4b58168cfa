import { milliseconds } from "@cartwright/kernel/duration";
import { defineService } from "@cartwright/service/service";
import { analyticsConfig } from "./config.ts";
import { onAnyEvent } from "./consumers/on-any-event.ts";
import { analyticsReader } from "./db/analytics-reader.ts";
import { archivePartitions } from "./db/archive-partitions.ts";
import { republishRoute } from "./http/republish.route.ts";
import { analyticsRoutes } from "./http/routes.ts";

/** Keeps every event and counts what is sold. Nobody waits for it. */
export const analyticsService = defineService({
  name: "analytics",
  config: analyticsConfig,
  create: ({ db, clock, logger }) => ({
    routes: [
      ...analyticsRoutes(analyticsReader(db), clock),
      republishRoute({ db, clock }),
    ],
    refusals: { "too-long-ago": 422 },
    handlers: [onAnyEvent],
    gather: milliseconds(200),
    parts: [archivePartitions(db, logger)],
  }),
});
