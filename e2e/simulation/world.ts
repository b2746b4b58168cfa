import { signedHeaders } from "@cartwright/app-payment-provider/webhooks/signature";
import type { Database } from "@cartwright/database/open-database";
import type { ServiceClients } from "@cartwright/http/service-client";
import { derivedId } from "@cartwright/kernel/ids";
import type { Bus } from "@cartwright/messaging/bus";
import type { PlantedBug } from "@cartwright/testing/planted/planted-bug";
import { Broker } from "./bus/broker.ts";
import { simBus } from "./bus/sim-bus.ts";
import { contactsOnly } from "./contacts.ts";
import { noFaults } from "./database/faults.ts";
import { SimServer } from "./database/sim-server.ts";
import { Effects } from "./effects.ts";
import { Faults } from "./faults.ts";
import { ask } from "./http-request.ts";
import type { Kernel } from "./kernel.ts";
import { currentActor, type Actor } from "./kernel.ts";
import { LeaseWatch } from "./lease-watch.ts";
import { CarrierBooks, simCarrier } from "./outside/carrier.ts";
import { providerClient } from "./outside/provider-client.ts";
import { SimProvider, type Webhook } from "./outside/provider.ts";
import type { Plan } from "./plan.ts";
import { Process } from "./process.ts";
import type { Purchase } from "./shopper.ts";
import { programs, type Program } from "./services.ts";
import { Tables } from "./tables.ts";

/** Everything there is in one run. */
export class World {
  readonly kernel: Kernel;
  readonly plan: Plan;
  readonly faults: Faults;
  readonly broker: Broker;
  readonly server: SimServer;
  readonly tables = new Tables();
  readonly provider: SimProvider;
  readonly carrierBooks = new CarrierBooks();
  readonly purchases: Purchase[] = [];
  readonly processes: Process[] = [];
  readonly #effects: Effects;
  readonly #leases: LeaseWatch;
  readonly #bug: PlantedBug;
  readonly #programs: Readonly<Record<string, Program>>;
  readonly #clients: ServiceClients;
  readonly #heard = new Map<string, ReadonlySet<string>>();
  #incarnations = 0;

  constructor(plan: Plan, kernel: Kernel, bug: PlantedBug) {
    const { chances, partitions, providerDelay: delay } = plan;
    this.kernel = kernel;
    this.plan = plan;
    this.#bug = bug;
    const fail = (error: unknown) => kernel.fail(error);
    this.faults = new Faults(kernel, chances);
    this.broker = new Broker(kernel, partitions);
    this.server = this.#openServer(fail);
    this.#effects = new Effects(fail);
    this.#leases = new LeaseWatch(kernel, this.tables);
    const { faults } = this;
    const bring = (webhook: Webhook) => this.#bring(webhook);
    this.provider = new SimProvider({ kernel, faults, delay, bring });
    this.#programs = this.#openPrograms();
    const { distance } = plan;
    this.#clients = contactsOnly({ kernel, faults, distance });
  }

  /** Starts another instance of the service in the place of one that has ended. */
  start(service: string): void {
    const program = this.#programs[service];
    if (program === undefined) throw new Error(`There is no ${service}.`);
    this.#incarnations += 1;
    const { kernel, server } = this;
    const process = new Process({
      kernel,
      server,
      name: `${service}.${this.#incarnations}`,
      definition: this.#counted(program),
      config: program.config,
      clients: this.#clients,
      bus: (actor) => this.#busOf(actor),
      database: (db, actor) => this.#databaseOf(db, actor),
      onFailedStart: () => this.#replace(process, 1_000),
    });
    this.processes.push(process);
    kernel.trace.add(`${kernel.now()} start ${process.actor.name}`);
  }

  /** Ends the process at once; another takes its place after `delay`. */
  kill(process: Process, delay: number): void {
    this.kernel.trace.add(`${this.kernel.now()} kill ${process.actor.name}`);
    process.kill();
    this.#replace(process, delay);
  }

  /** Whose code is running. */
  current(): Process | undefined {
    const actor = currentActor();
    return this.processes.find((process) => process.actor === actor);
  }

  ready(service: string): Process | undefined {
    const found = this.processes.filter(
      (process) => process.service === service && process.ready,
    );
    return found.length === 0 ? undefined : this.kernel.pick(found);
  }

  #replace(process: Process, delay: number): void {
    const place = this.processes.indexOf(process);
    if (place >= 0) this.processes.splice(place, 1);
    this.kernel.schedule(delay, () => this.start(process.service));
  }

  #openServer(onDefect: (error: unknown) => void): SimServer {
    const server = new SimServer({
      kernel: this.kernel.inOrder(),
      faults: () => (this.faults.stopped ? noFaults : this.plan.database),
      onDefect,
    });
    server.onCommit((changes) => this.tables.apply(changes));
    return server;
  }

  #openPrograms(): Readonly<Record<string, Program>> {
    const { kernel, faults, provider, carrierBooks: books } = this;
    const { distance } = this.plan;
    const outside = {
      provider: () => {
        const client = providerClient({ kernel, faults, distance, provider });
        return this.#bug.provider?.(client) ?? client;
      },
      carrier: () => simCarrier({ kernel, faults, distance, books }),
    };
    return programs(outside, this.plan);
  }

  /** The types of messages that the service handles. */
  readonly heardBy = (service: string): ReadonlySet<string> =>
    this.#heard.get(service) ?? new Set();

  #counted({ definition }: Program): Program["definition"] {
    return {
      ...definition,
      create: (platform, config) => {
        const service = definition.create(platform, config);
        const contracts = service.handlers?.flatMap((one) => one.contracts);
        this.#heard.set(
          definition.name,
          new Set(contracts?.map(({ type }) => type)),
        );
        const handlers = service.handlers?.map((handler) =>
          this.#effects.counted(definition.name, handler),
        );
        return { ...service, ...(handlers && { handlers }) };
      },
    };
  }

  #busOf(actor: Actor): Bus {
    const { kernel, broker, faults } = this;
    const { distance, fetchLimit } = this.plan;
    const { name } = actor;
    const onPublish = () => this.#leases.check(actor);
    const fetchSize = (most: number) =>
      kernel.integer(1, Math.min(most, fetchLimit));
    const bus = simBus({
      ...{ kernel, broker, faults, distance, fetchSize, name, onPublish },
    });
    return this.#bug.bus?.(bus) ?? bus;
  }

  #databaseOf(db: Database, actor: Actor): Database {
    const watched = this.#leases.watched(db, actor);
    return this.#bug.database?.(watched) ?? watched;
  }

  #bring({ id, type, reference }: Webhook): void {
    const seconds = Math.floor(this.kernel.now() / 1_000);
    const body = { type, timestamp: "", data: { reference } };
    const payload = JSON.stringify(body);
    const secret = String(
      this.#programs["payment"]?.config["PROVIDER_WEBHOOK_SECRET"],
    );
    const signed = { id: derivedId(id), timestamp: seconds, payload };
    void ask(
      this.kernel,
      this.ready("payment"),
      "/api/v1/payments/webhooks/:provider",
      {
        params: { provider: "simulated" },
        body,
        headers: signedHeaders(secret, signed),
        rawBody: Buffer.from(payload),
      },
    );
  }
}
