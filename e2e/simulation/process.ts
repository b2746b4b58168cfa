import type { TokenVerifier } from "@cartwright/auth/verifier";
import type { Database } from "@cartwright/database/open-database";
import type { Route } from "@cartwright/http/route";
import type { ServiceClients } from "@cartwright/http/service-client";
import { systemClock } from "@cartwright/kernel/clock";
import type { Bus } from "@cartwright/messaging/bus";
import { silentLogger } from "@cartwright/observability/logger";
import type { Tracing } from "@cartwright/observability/tracing";
import { connectionsOf } from "@cartwright/service/service-config";
import { startParts } from "@cartwright/service/run-parts";
import { serviceWorkings } from "@cartwright/service/service-parts";
import type { ServiceDefinition } from "@cartwright/service/service";
import type { z } from "zod";
import type { SimDatabase } from "./database/sim-database.ts";
import type { SimServer } from "./database/sim-server.ts";
import { Actor, type Kernel } from "./kernel.ts";

export type ProcessOptions = {
  readonly kernel: Kernel;
  readonly server: SimServer;
  readonly name: string;
  readonly definition: ServiceDefinition;
  readonly config: z.output<z.ZodObject>;
  readonly clients: ServiceClients;
  /** The clients of this process: as they are, or with a bug planted in them. */
  readonly bus: (actor: Actor) => Bus;
  readonly database: (db: Database, actor: Actor) => Database;
  /** It could not start, and has ended by itself. */
  readonly onFailedStart: () => void;
};

/** One running instance of a service, made by what makes it in production, without its HTTP server. */
export class Process {
  readonly actor: Actor;
  readonly service: string;
  ready = false;
  readonly #options: ProcessOptions;
  readonly #connections: SimDatabase;
  readonly #routes: readonly Route[];

  constructor(options: ProcessOptions) {
    const { kernel, server, definition, config, name, clients } = options;
    this.#options = options;
    this.service = definition.name;
    this.actor = new Actor(name);
    this.#connections = server.connect(definition.name, {
      maxConnections: connectionsOf(definition.name),
      deliver: (delay, action) => kernel.deliverTo(this.actor, delay, action),
    });
    const workings = kernel.runAs(this.actor, () =>
      serviceWorkings(definition, config, {
        db: options.database(this.#connections, this.actor),
        bus: options.bus(this.actor),
        clock: systemClock,
        logger: silentLogger,
        tracing: untraced,
        tokens: noTokens,
        clients,
      }),
    );
    this.#routes = workings.routes;
    kernel.runAs(this.actor, () => void this.#start(workings.parts));
  }

  kill(): void {
    this.actor.alive = false;
    this.#connections.kill();
  }

  route(path: string): Route {
    const found = this.#routes.find((route) => route.path === path);
    if (found === undefined) throw new Error(`No route has the path ${path}.`);
    return found;
  }

  async #start(parts: Parameters<typeof startParts>[0]): Promise<void> {
    try {
      await startParts(parts, silentLogger);
      this.ready = true;
    } catch {
      this.kill();
      this.#options.onFailedStart();
    }
  }
}

const untraced: Tracing = {
  name: "tracing",
  span: (_name, { cause }, work) => work(cause),
  batch: (_name, _causes, work) => work(),
};

const noTokens: TokenVerifier = {
  verify: () => Promise.reject(new Error("Nobody checks tokens here.")),
};
