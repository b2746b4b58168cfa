import { serviceNames, type ServiceName } from "@cartwright/contracts/services";
import { clientCredentials } from "@cartwright/http/client-credentials";
import { httpTransport, type Transport } from "@cartwright/http/http-transport";
import { httpServer, type HttpServer } from "@cartwright/http/server";
import {
  serviceClient,
  type ServiceClients,
} from "@cartwright/http/service-client";
import type { Logger } from "@cartwright/observability/logger";
import type { Tracing } from "@cartwright/observability/tracing";
import type { RequestListener } from "node:http";

/** Says which service of this process is meant. */
const addressee = "x-cartwright-service";

export type Loopback = {
  readonly server: HttpServer;
  transportTo(name: ServiceName): Transport;
  add(name: ServiceName, app: RequestListener): void;
  /** What the service asks the others with, over real HTTP. */
  clientsOf(
    name: ServiceName,
    clientSecret: string,
    tracing: Tracing,
  ): ServiceClients;
};

/** One server, for this machine only, where the services of this process reach each other. */
export function loopback(logger: Logger): Loopback {
  const apps = new Map<string | string[] | undefined, RequestListener>();
  const server = httpServer({
    app: (request, response) => {
      const app = apps.get(request.headers[addressee]);
      if (app) app(request, response);
      else response.writeHead(404).end();
    },
    port: 0,
    host: "127.0.0.1",
    logger,
  });
  const origin = () => `http://127.0.0.1:${server.port()}`;
  const transportTo = addressing(origin);
  return {
    server: { ...server, name: "loopback" },
    transportTo,
    add: (name, app) => void apps.set(name, app),
    clientsOf(clientId, clientSecret, tracing) {
      const transport = transportTo("identity");
      const token = clientCredentials({
        url: "",
        clientId,
        clientSecret,
        transport,
      });
      const clients = serviceNames.map((name) => [
        name,
        serviceClient({
          ...{ caller: clientId, name, token },
          transport: transportTo(name),
          shown: { tracing, origin },
        }),
      ]);
      return Object.fromEntries(clients) as ServiceClients;
    },
  };
}

/** All services share one pool of connections; a header tells them apart. */
function addressing(origin: () => string): (name: ServiceName) => Transport {
  let opened: Transport | undefined;
  return (name) => (request) => {
    opened ??= httpTransport(origin());
    return opened({
      ...request,
      headers: { ...request.headers, [addressee]: name },
    });
  };
}
