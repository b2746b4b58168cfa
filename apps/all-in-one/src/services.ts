import { analyticsService } from "@cartwright/app-analytics/analytics-service";
import { catalogService } from "@cartwright/app-catalog/catalog-service";
import { identityService } from "@cartwright/app-identity/identity-service";
import { inventoryService } from "@cartwright/app-inventory/inventory-service";
import { notificationService } from "@cartwright/app-notification/notification-service";
import { orderService } from "@cartwright/app-order/order-service";
import {
  paymentWith,
  type openProvider,
} from "@cartwright/app-payment/payment-service";
import { shippingService } from "@cartwright/app-shipping/shipping-service";
import type { TokenVerifier } from "@cartwright/auth/verifier";
import type { ServiceName } from "@cartwright/contracts/services";
import type { Database } from "@cartwright/database/open-database";
import { systemClock } from "@cartwright/kernel/clock";
import type { Logger } from "@cartwright/observability/logger";
import { startTracing } from "@cartwright/observability/tracing";
import { parseConfig } from "@cartwright/service/load-config";
import {
  serviceParts,
  type ServiceParts,
  type Surroundings,
} from "@cartwright/service/service-parts";
import type { ServiceDefinition } from "@cartwright/service/service";
import type { AllInOneConfig } from "./config.ts";
import type { Loopback } from "./loopback.ts";

const definitions = (open: typeof openProvider) =>
  [
    identityService,
    catalogService,
    inventoryService,
    orderService,
    paymentWith(open),
    shippingService,
    notificationService,
    analyticsService,
  ] as unknown as readonly ServiceDefinition[];

type Shared = {
  readonly config: AllInOneConfig;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly databaseOf: (service: string) => Database;
  readonly tokens: TokenVerifier;
  readonly bus: Pick<Surroundings, "bus" | "wakeBus">;
  readonly internal: Loopback;
  readonly openProvider: typeof openProvider;
};

/** The eight services that own data, each with its own database role and pool. */
export async function makeServices(
  shared: Shared,
): Promise<Readonly<Record<ServiceName, ServiceParts>>> {
  const made = await Promise.all(
    definitions(shared.openProvider).map((definition) =>
      make(definition, shared),
    ),
  );
  const byName = Object.fromEntries(
    made.map((service) => [service.name, service]),
  );
  return byName as Record<ServiceName, ServiceParts>;
}

async function make(
  definition: ServiceDefinition,
  shared: Shared,
): Promise<ServiceParts> {
  const { name } = definition;
  const { config, environment, logger, databaseOf, tokens, bus, internal } =
    shared;
  const {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_TRACES_SAMPLER_ARG: sampleRatio,
  } = config;
  const tracing = await startTracing({ service: name, endpoint, sampleRatio });
  const service = serviceParts(
    definition,
    parseConfig(definition.config, environment),
    {
      db: databaseOf(name),
      logger: logger.child({ service: name }),
      clock: systemClock,
      tokens,
      tracing,
      clients: internal.clientsOf(name, config.SERVICE_CLIENT_SECRET, tracing),
      ...bus,
    },
  );
  internal.add(name, service.app);
  return service;
}
