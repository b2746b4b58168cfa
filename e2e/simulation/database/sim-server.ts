import type { Statement } from "@cartwright/database/tx";
import type { Duration } from "@cartwright/kernel/duration";
import { noFaults, usualLatency, type DatabaseFaults } from "./faults.ts";
import type { KernelPort } from "./kernel-port.ts";
import { usualLimits, type SessionLimits } from "./session-limits.ts";
import { SimDatabase, type ConnectOptions } from "./sim-database.ts";
import { SimSchema } from "./sim-schema.ts";
import { SimSession, type Deliver } from "./sim-session.ts";
import type { SimTransaction } from "./sim-transaction.ts";
import { connectionRefused, shuttingDown, SqlError } from "./sql-error.ts";
import type { TableDefinition } from "./table-definition.ts";
import type { Twin, Twins } from "./twin.ts";
import { allTwins } from "./twins/all-twins.ts";

export type SimServerOptions = {
  readonly kernel: KernelPort;
  /** Asked on every occasion, so that faults can be switched off. */
  readonly faults?: () => DatabaseFaults;
  /** One trip between client and server, drawn anew each time. */
  readonly latency?: () => Duration;
  readonly limits?: SessionLimits;
  readonly twins?: Twins;
  /** Told of what only a mistake in the simulation can cause, for instance a statement without a twin. */
  readonly onDefect?: (error: unknown) => void;
};

/** A row that a transaction has inserted (no `before`), updated or deleted (no `after`). */
export type Change = {
  readonly schema: string;
  readonly table: string;
  readonly before: object | undefined;
  readonly after: object | undefined;
};

/** A Postgres server with a schema per service. What is committed outlives every restart. */
export class SimServer {
  readonly kernel: KernelPort;
  readonly faults: () => DatabaseFaults;
  readonly latency: () => Duration;
  readonly limits: SessionLimits;
  readonly #twins: ReadonlyMap<string, Twin>;
  readonly #onDefect: (error: unknown) => void;
  readonly #schemas = new Map<string, SimSchema>();
  readonly #sessions = new Set<SimSession>();
  readonly #listeners: ((changes: readonly Change[]) => void)[] = [];
  #downUntil = 0;

  constructor(options: SimServerOptions) {
    const { kernel } = options;
    this.kernel = kernel;
    this.faults = options.faults ?? (() => noFaults);
    this.latency = options.latency ?? (() => usualLatency(kernel));
    this.limits = options.limits ?? usualLimits;
    this.#twins = new Map(Object.entries(options.twins ?? allTwins));
    this.#onDefect = options.onDefect ?? (() => undefined);
  }

  /** A pool of connections for one process; `schema` is the service's. */
  connect(schema: string, options: ConnectOptions = {}): SimDatabase {
    return new SimDatabase(this.schema(schema), options);
  }

  schema(name: string): SimSchema {
    const there = this.#schemas.get(name);
    if (there) return there;
    const schema = new SimSchema(name, this);
    this.#schemas.set(name, schema);
    return schema;
  }

  /** What is committed in a table now. */
  rows<Row extends object>(
    schema: string,
    definition: TableDefinition<Row>,
  ): Row[] {
    const table = this.schema(schema).table(definition);
    return [...table.scan(undefined)].map(({ row }) => row);
  }

  /** Called with what each transaction has changed, in the moment it commits. */
  onCommit(listener: (changes: readonly Change[]) => void): void {
    this.#listeners.push(listener);
  }

  /** Breaks every connection, rolls back what was open, and refuses new ones for a while. */
  restart(downFor: Duration): void {
    this.#downUntil = this.kernel.now() + downFor;
    for (const session of [...this.#sessions])
      session.terminate(shuttingDown());
  }

  /** Logs in; rejects while the server is down. */
  login(schema: SimSchema, deliver: Deliver): Promise<SimSession> {
    return new Promise((resolve, reject) => {
      this.kernel.schedule(this.latency(), () => {
        if (this.kernel.now() < this.#downUntil) {
          deliver(this.latency(), () => reject(connectionRefused()));
          return;
        }
        const session = new SimSession({
          schema,
          deliver,
          onClosed: (closed) => this.#sessions.delete(closed),
        });
        this.#sessions.add(session);
        deliver(this.latency(), () => resolve(session));
      });
    });
  }

  twinOf(statement: Statement): Twin {
    const name =
      typeof statement === "string"
        ? statement.replaceAll(/\s+/g, " ").trim()
        : statement.name;
    const twin = this.#twins.get(name);
    if (twin) return twin;
    throw new Error(
      `The simulated database has no twin of the statement "${name}"; write one in e2e/simulation/database/twins.`,
    );
  }

  /** Tells of an error that no server would have given. */
  noteFailure(error: unknown): void {
    if (!(error instanceof SqlError)) this.#onDefect(error);
  }

  report(tx: SimTransaction): void {
    if (this.#listeners.length === 0) return;
    const changes = tx.changes().map((slot) => ({
      schema: tx.schema,
      table: slot.table.name,
      before: slot.committed?.row,
      after: slot.pending?.row,
    }));
    if (changes.length > 0)
      for (const listener of this.#listeners) listener(changes);
  }
}
