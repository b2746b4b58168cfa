import { join } from "node:path";
import { freePorts } from "@cartwright/testing/free-ports";
import { startProcess, type RunningProcess } from "../support/process.ts";
import { untilReady } from "../support/until-ready.ts";
import { deployed, type Deployed, type Surroundings } from "./surroundings.ts";

/** The processes of a release: nine, one for each service. */
export type Release = {
  /** All of them at once, beside whatever else runs; resolves when each is ready and given its share of requests. */
  start(): Promise<void>;
  /** Takes the service's process from its address and tells it to stop, as a rolling deployment does. */
  stop(service: Deployed): Promise<void>;
  /** All at once; fails when one did not end well, once all have ended. */
  stopAll(): Promise<void>;
  /** Processes that have ended without having been told to, with their last words. */
  lost(): readonly string[];
};

type Running = { readonly port: number; readonly process: RunningProcess };

export function release(root: string, surroundings: Surroundings): Release {
  const { addresses, environmentOf } = surroundings;
  const running = new Map<Deployed, Running>();
  const lost: string[] = [];

  /** One that could not start, the database being too busy, say, is started again, as an orchestrator does. */
  async function startOne(
    service: Deployed,
    port: number,
    tries = 5,
  ): Promise<void> {
    const main = join(root, `apps/${service}/src/main.ts`);
    const environment = { ...environmentOf(service), PORT: String(port) };
    const process = startProcess(main, environment);
    running.set(service, { port, process });
    try {
      await untilReady(`http://127.0.0.1:${port}`, process);
    } catch (error) {
      await process.stop("SIGKILL");
      if (tries === 1) throw error;
      return startOne(service, port, tries - 1);
    }
    watch(service, process);
    addresses.get(service)?.add(port);
  }

  function watch(service: Deployed, process: RunningProcess): void {
    void process.ended.then((code) => {
      if (running.get(service)?.process !== process) return;
      const end = `${service} ended by itself with ${String(code)}`;
      lost.push(`${end}:\n${process.output().slice(-4_000)}`);
    });
  }

  async function stop(service: Deployed): Promise<void> {
    const one = running.get(service);
    if (one === undefined) return;
    running.delete(service);
    addresses.get(service)?.remove(one.port);
    await one.process.stop("SIGTERM");
    if ((await one.process.ended) !== 0)
      one.process.fail("did not end well when it was told to stop");
  }

  return {
    async start() {
      const first = await freePorts(deployed.length);
      await Promise.all(
        deployed.map((service, index) => startOne(service, first + index)),
      );
    },
    stop,
    async stopAll() {
      const ends = await Promise.allSettled([...running.keys()].map(stop));
      for (const end of ends) if (end.status === "rejected") throw end.reason;
    },
    lost: () => lost,
  };
}
