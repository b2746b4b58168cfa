import { demoShop } from "@cartwright/app-all-in-one/demo-shop";
import { serviceNames, type ServiceName } from "@cartwright/contracts/services";
import { openDatabase } from "@cartwright/database/open-database";
import { rolePasswords } from "@cartwright/database/role-passwords";
import { roleUrl, schemaOf } from "@cartwright/database/role-url";
import { systemClock as clock } from "@cartwright/kernel/clock";
import { transactionalOutbox } from "@cartwright/messaging/transactional-outbox";
import { loadConfig } from "@cartwright/service/load-config";
import type { ServiceParts } from "@cartwright/service/service-parts";
import { administratorConfig } from "../administrator-config.ts";

/** Stocks the demo shop beside the running services; their relays find its events by themselves. */
const { DATABASE_URL: adminUrl, ROLE_PASSWORDS_FOLDER } =
  loadConfig(administratorConfig);
const passwordOf = rolePasswords(adminUrl, ROLE_PASSWORDS_FOLDER);
const databases = serviceNames.map((name) => {
  const schema = schemaOf(name);
  const url = roleUrl(adminUrl, schema, passwordOf(schema));
  const db = openDatabase({ url, schema, maxConnections: 1 });
  const outbox = transactionalOutbox({
    source: name,
    clock,
    wake: () => undefined,
  });
  return { name, platform: { db, outbox, clock } };
});
const services = Object.fromEntries(
  databases.map((service) => [service.name, service]),
) as unknown as Record<ServiceName, ServiceParts>; // of which the seeds use no more than this
await demoShop(services).start?.();
process.exit(0);
