import { publishedKeys } from "@cartwright/app-identity/published-keys";
import { remoteKeys } from "@cartwright/auth/jwks";
import type { TokenVerifier } from "@cartwright/auth/verifier";
import { tokenVerifier } from "@cartwright/auth/verify-token";
import {
  openDatabase,
  type Database,
} from "@cartwright/database/open-database";
import { roleUrl, schemaOf } from "@cartwright/database/role-url";
import type { Part } from "@cartwright/kernel/part";
import { turns } from "@cartwright/kernel/turns";
import { metricsServer } from "@cartwright/service/metrics-server";
import { connectionsOf } from "@cartwright/service/service-config";
import { openBus } from "./bus.ts";
import { demoDefaults, issuerOf, type AllInOneConfig } from "./config.ts";
import { demoShop } from "./demo-shop.ts";
import { frontDoor } from "./front-door.ts";
import { inParallel } from "./in-parallel.ts";
import { invitation } from "./invitation.ts";
import { loopback } from "./loopback.ts";
import { provider } from "./provider.ts";
import { rehearsal } from "./rehearsal.ts";
import { makeServices } from "./services.ts";
import type { ShopOptions } from "./shop.ts";

const localhost = "127.0.0.1";

/** The nine services and the payment provider, in the order they start in. */
export async function compose({
  config,
  logger,
  adminUrl,
}: ShopOptions): Promise<Part[]> {
  const environment = { ...demoDefaults(config), ...process.env };
  const databaseOf = databasesBehind(adminUrl());
  const tokens = tokensOf(databaseOf("identity"), config);
  const bus = await openBus({ config, logger, adminUrl: adminUrl() });
  const internal = loopback(logger);
  const shared = { config, environment, logger, tokens };
  const psp = provider({ ...shared, db: databaseOf("payment-provider") });
  const services = await makeServices({
    ...{ ...shared, databaseOf, bus, internal },
    openProvider: psp.open,
  });
  const lists = Object.values(services).map(({ parts }) => parts);
  return [
    ...bus.parts,
    internal.server,
    ...metricsServer({ port: config.METRICS_PORT, host: localhost, logger }),
    ...psp.parts,
    inParallel("services", lists, logger),
    ...(config.DEMO_SHOP ? [demoShop(services)] : []),
    ...(await frontDoor({ ...shared, services })),
    rehearsal(internal.transportTo("identity")),
    sentence(() => invitation(config)),
  ];
}

/**
 * How many of the process's loops (consumers, outcomes of calls, orders that come in) work at a time: while one has the thread,
 * the database works for two. With all of them at once each has few rows in hand and all wait for all.
 */
const places = 3;

/** Each service's pool, made once, under its own role. */
function databasesBehind(adminUrl: string): (service: string) => Database {
  const opened = new Map<string, Database>();
  const turn = turns(places);
  return (service) => {
    const schema = schemaOf(service);
    const maxConnections = connectionsOf(service);
    const db =
      opened.get(service) ??
      openDatabase({
        url: roleUrl(adminUrl, schema),
        schema,
        maxConnections,
        turn,
      });
    opened.set(service, db);
    return db;
  };
}

/** Checks tokens by identity's own keys, without asking for them over HTTP. */
const tokensOf = (identity: Database, config: AllInOneConfig): TokenVerifier =>
  tokenVerifier({
    keys: remoteKeys({ load: publishedKeys(identity) }),
    issuer: issuerOf(config),
    audience: config.TOKEN_AUDIENCE,
  });

const sentence = (text: () => string): Part => ({
  name: "sentence",
  async start() {
    await Promise.resolve();
    console.log(text());
  },
});
