import { remoteKeys } from "@cartwright/auth/jwks";
import { tokenVerifier } from "@cartwright/auth/verify-token";
import type { ServiceName } from "@cartwright/contracts/services";
import { analyticsService } from "@cartwright/app-analytics/analytics-service";
import { catalogService } from "@cartwright/app-catalog/catalog-service";
import { identityService } from "@cartwright/app-identity/identity-service";
import { publishedKeys } from "@cartwright/app-identity/published-keys";
import { inventoryService } from "@cartwright/app-inventory/inventory-service";
import { notificationService } from "@cartwright/app-notification/notification-service";
import { orderService } from "@cartwright/app-order/order-service";
import { paymentService } from "@cartwright/app-payment/payment-service";
import { shippingService } from "@cartwright/app-shipping/shipping-service";
import { openDatabase } from "@cartwright/database/open-database";
import { roleUrl, schemaOf } from "@cartwright/database/role-url";
import { systemClock } from "@cartwright/kernel/clock";
import type { Part } from "@cartwright/kernel/part";
import { startTracing } from "@cartwright/observability/tracing";
import { connectionsOf } from "@cartwright/service/common-config";
import { parseConfig } from "@cartwright/service/load-config";
import {
  serviceParts,
  type ServiceParts,
} from "@cartwright/service/service-parts";
import type { ServiceDefinition } from "@cartwright/service/service";
import type { z } from "zod";
import { openBus } from "./bus.ts";
import { demoDefaults } from "./config.ts";
import { demoShop } from "./demo-shop.ts";
import { frontDoor } from "./front-door.ts";
import { inParallel } from "./in-parallel.ts";
import { invitation } from "./invitation.ts";
import { loopback } from "./loopback.ts";
import { provider } from "./provider.ts";
import type { ShopOptions } from "./shop.ts";

const definitions: readonly ServiceDefinition[] = [
  identityService,
  catalogService,
  inventoryService,
  orderService,
  paymentService,
  shippingService,
  notificationService,
  analyticsService,
] as unknown as readonly ServiceDefinition[];

/** The nine services and the payment provider, in the order they start in. */
export async function compose(options: ShopOptions): Promise<Part[]> {
  const { config, logger, adminUrl } = options;
  const environment = { ...demoDefaults(config), ...process.env };
  const databaseOf = (service: string) => {
    const schema = schemaOf(service);
    const maxConnections = connectionsOf(service);
    return openDatabase({
      url: roleUrl(adminUrl(), schema),
      schema,
      maxConnections,
    });
  };
  const bus = await openBus({ config, logger, adminUrl: adminUrl() });
  const internal = loopback(logger);
  const identityDb = databaseOf("identity");
  const tokens = tokenVerifier({
    keys: remoteKeys({ load: publishedKeys(identityDb) }),
    issuer: config.TOKEN_ISSUER,
    audience: config.TOKEN_AUDIENCE,
  });

  const make = async (
    definition: ServiceDefinition<z.ZodObject>,
  ): Promise<ServiceParts> => {
    const { name } = definition;
    const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT;
    const made = serviceParts(
      definition,
      parseConfig(definition.config, environment),
      {
        db: name === "identity" ? identityDb : databaseOf(name),
        logger: logger.child({ service: name }),
        clock: systemClock,
        tokens,
        tracing: await startTracing({ service: name, endpoint }),
        clients: internal.clientsOf(name, config.SERVICE_CLIENT_SECRET),
        ...bus,
      },
    );
    internal.add(name, made.app);
    return made;
  };
  const services = await Promise.all(definitions.map(make));
  const byName = Object.fromEntries(
    services.map((one) => [one.name, one]),
  ) as Record<ServiceName, ServiceParts>;
  return [
    bus.bus,
    internal.server,
    ...provider({
      environment,
      db: databaseOf("payment-provider"),
      port: config.PROVIDER_PORT,
      logger,
    }),
    inParallel(
      "services",
      services.map(({ parts }) => parts),
      logger,
    ),
    demoShop(byName),
    ...(await frontDoor({
      config,
      environment,
      services: byName,
      tokens,
      logger,
    })),
    {
      name: "invitation",
      start: async () => console.log(invitation(config.PORT)),
    },
  ];
}
