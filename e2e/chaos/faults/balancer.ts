import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isReady, lookAt } from "./ready.ts";

/** Shares out connections among the processes that are ready, as an orchestrator's service does. */
export type Balancer = { readonly url: string; stop(): Promise<void> };

const looksEvery = 100;
/** After so many looks in a row without any answer a process is given nothing more; the chart says the same of its pods. */
const silentLooks = 6;

/** Takes whichever of these ports answers `/health/ready` with success, in turn. */
export async function balancer(ports: readonly number[]): Promise<Balancer> {
  const stopping = new AbortController();
  const open = new Set<Socket>();
  const ready = new Set(await readyOf(ports));
  let turn = 0;
  const watch = async (port: number) => {
    let silent = 0;
    while (!stopping.signal.aborted) {
      const look = await lookAt(port);
      silent = look === "silent" ? silent + 1 : 0;
      if (look === "ready") ready.add(port);
      else if (look === "not ready" || silent === silentLooks)
        ready.delete(port);
      await sleep(looksEvery, undefined, stopping).catch(() => undefined);
    }
  };
  const watching = Promise.all(ports.map(watch));
  const server = createServer({ noDelay: true }, (client) => {
    const port = [...ready][turn++ % ready.size];
    if (port === undefined) return void client.destroy();
    const upstream = connect({ port, host: "127.0.0.1", noDelay: true });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        open.delete(from);
        to.end();
      });
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      stopping.abort();
      await watching;
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

async function readyOf(ports: readonly number[]): Promise<number[]> {
  const answers = await Promise.all(ports.map(isReady));
  return ports.filter((_, index) => answers[index]);
}
