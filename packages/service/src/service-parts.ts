import type { ServiceName } from "@cartwright/contracts/services";
import { createApp } from "@cartwright/http/app";
import type { Part, PartHealth } from "@cartwright/kernel/part";
import type { Bus, BusRecord } from "@cartwright/messaging/bus";
import {
  messageConsumer,
  type ConsumerOptions,
} from "@cartwright/messaging/consumer";
import { maintenance } from "@cartwright/messaging/maintenance";
import { outboxRelay } from "@cartwright/messaging/relay";
import { transactionalOutbox } from "@cartwright/messaging/transactional-outbox";
import type { Express } from "express";
import type { z } from "zod";
import { countedOutbox } from "./figures/counted-outbox.ts";
import { measuredHandler } from "./figures/measured-handler.ts";
import { serviceFigures } from "./figures/service-figures.ts";
import {
  lagOf,
  operationsRefusals,
  operationsRoutes,
} from "./operations/operations-routes.ts";
import type { Platform, Service, ServiceDefinition } from "./service.ts";

/** What the composition gives a service, and what the service cannot know: the mode it runs in. */
export type Surroundings = Omit<Platform, "outbox"> & {
  readonly bus: Bus;
  /** Where the bus reads outboxes itself: tells it that one has something. Else a relay is made. */
  readonly wakeBus?: (schema: string, records: readonly BusRecord[]) => void;
};

export type ServiceParts = Pick<Service, "routes" | "refusals"> & {
  readonly name: ServiceName;
  /** In the order they start in, database first; the HTTP server goes behind them. */
  readonly parts: readonly Part[];
  /** Whose health is the service's: its own parts, and the bus. */
  readonly watched: readonly Part[];
  readonly app: Express;
  readonly platform: Platform;
};

/** A service as it works, without its HTTP side. */
export type ServiceWorkings = Pick<
  ServiceParts,
  "name" | "routes" | "refusals" | "parts" | "platform"
>;

/** What moves in a service: its relay, consumer, workers and timers, behind the database. */
export function serviceWorkings<Config extends z.ZodObject>(
  definition: ServiceDefinition<Config>,
  config: z.output<Config>,
  { bus, wakeBus, ...surroundings }: Surroundings,
): ServiceWorkings {
  const { name } = definition;
  const { db, clock, logger, tracing } = surroundings;
  const relay = wakeBus ? undefined : outboxRelay({ db, bus, logger, tracing });
  const wake = (records: readonly BusRecord[] = []) =>
    wakeBus ? wakeBus(db.schema, records) : relay?.wake();
  const outbox = countedOutbox(
    name,
    transactionalOutbox({ source: name, clock, wake }),
  );
  const platform: Platform = { ...surroundings, outbox };
  const service = definition.create(platform, config);
  const handlers = (service.handlers ?? []).map((handler) =>
    measuredHandler(name, handler),
  );
  const lag = lagOf({ name, bus, handlers });
  const routes = [
    ...service.routes,
    ...operationsRoutes({ name, db, lag, handlers, wake }),
  ];
  const refusals = { ...service.refusals, ...operationsRefusals };
  const parts = [
    db,
    ...[
      maintenance(db, logger),
      ...(relay ? [relay] : []),
      serviceFigures({ service: name, db, lag, own: service.figures }),
      ...(service.parts ?? []),
      ...consumerOf(
        { ...service, handlers },
        { db, bus, group: name, logger, tracing },
      ),
    ].map(degradesOnly),
  ];
  return { name, routes, refusals, parts, platform };
}

/** Makes a service out of its definition: the same parts in every mode. */
export function serviceParts<Config extends z.ZodObject>(
  definition: ServiceDefinition<Config>,
  config: z.output<Config>,
  surroundings: Surroundings,
): ServiceParts {
  const workings = serviceWorkings(definition, config, surroundings);
  const { name, routes, refusals, parts } = workings;
  const { bus, tracing, logger, tokens } = surroundings;
  const watched = [...parts, degradesOnly(bus)];
  const app = createApp({
    name,
    routes,
    refusals,
    tokens,
    logger,
    tracing,
    parts: watched,
  });
  return { ...workings, watched, app };
}

/** None where the service hears nothing. */
const consumerOf = (
  { handlers = [], gather }: Service,
  rest: Omit<ConsumerOptions, "handlers" | "gather">,
): Part[] =>
  handlers.length === 0 ? [] : [messageConsumer({ handlers, gather, ...rest })];

/** Only the database takes a service out of service: with anything else down it goes on accepting. */
const degradesOnly = (part: Part): Part => ({
  name: part.name,
  start: async () => part.start?.(),
  stop: async () => part.stop?.(),
  ...(part.health && {
    health: async (): Promise<PartHealth> => {
      const health = (await part.health?.()) ?? { status: "up" };
      return health.status === "failing"
        ? { ...health, status: "degraded" }
        : health;
    },
  }),
});
