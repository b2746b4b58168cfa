import { once } from "node:events";
import { createServer, request, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** One address for all processes of a service, request by request in turn, as an orchestrator gives it. */
export type Address = {
  readonly port: number;
  readonly url: string;
  /** A process that answers at this port is given requests from now on, or no longer. */
  add(port: number): void;
  remove(port: number): void;
  stop(): Promise<void>;
};

export async function openAddress(): Promise<Address> {
  const ports: number[] = [];
  let turn = 0;
  const server = createServer((incoming, reply) => {
    const port = ports[turn++ % ports.length];
    const giveUp = () => {
      if (reply.headersSent) reply.destroy();
      else reply.writeHead(502).end();
    };
    if (port === undefined) {
      giveUp();
      return;
    }
    const { method, url, headers } = incoming;
    const outgoing = request(
      { port, method, path: url, headers: ownWay(headers), agent: false },
      (answer) => {
        reply.writeHead(answer.statusCode ?? 502, ownWay(answer.headers));
        answer.on("error", giveUp).pipe(reply);
      },
    );
    outgoing.on("error", giveUp);
    incoming.pipe(outgoing);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    ...{ port, url: `http://127.0.0.1:${port}` },
    add: (added) => void ports.push(added),
    remove: (removed) => void ports.splice(ports.indexOf(removed), 1),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** How a connection is kept is between its two ends. */
const ownWay = ({ connection: _, ...headers }: IncomingMessage["headers"]) =>
  headers;
