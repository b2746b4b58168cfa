import type { ServiceName } from "@cartwright/contracts/services";
import { openDatabase } from "@cartwright/database/open-database";
import type { ServiceClients } from "@cartwright/http/service-client";
import { systemClock as clock } from "@cartwright/kernel/clock";
import { transactionalOutbox } from "@cartwright/messaging/transactional-outbox";
import { silentLogger as logger } from "@cartwright/observability/logger";
import { noTracing as tracing } from "@cartwright/observability/tracing";
import { parseConfig } from "@cartwright/service/load-config";
import type {
  Platform,
  Service,
  ServiceDefinition,
} from "@cartwright/service/service";

/** A service made like the one that runs, of which nothing is started: to be asked what it has. */
export function unstarted({ name, config, create }: ServiceDefinition): {
  readonly platform: Platform;
  readonly service: Service;
  /** The services that it took a client of. */
  readonly calls: readonly ServiceName[];
} {
  const called = new Set<ServiceName>();
  const platform = platformOf(name, clientsNoted(called));
  const secret = { SERVICE_CLIENT_SECRET: "of no use to anybody" };
  const service = create(platform, parseConfig(config, secret));
  return { platform, service, calls: [...called] };
}

const clientsNoted = (called: Set<ServiceName>): ServiceClients =>
  new Proxy({} as ServiceClients, {
    get: (_, name) => {
      called.add(name as ServiceName);
      return {};
    },
  });

function platformOf(name: ServiceName, clients: ServiceClients): Platform {
  const db = openDatabase({
    url: "postgresql://nobody@127.0.0.1:1/nothing",
    schema: name,
    maxConnections: 1,
  });
  const outbox = transactionalOutbox({
    source: name,
    clock,
    wake: () => undefined,
  });
  const tokens = { verify: () => Promise.reject(new Error("not running")) };
  return { db, outbox, logger, tracing, clock, tokens, clients };
}
