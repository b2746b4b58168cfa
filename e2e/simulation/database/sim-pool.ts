import type { Statement } from "@cartwright/database/tx";
import { seconds } from "@cartwright/kernel/duration";
import type { ConnectOptions } from "./sim-database.ts";
import type { SimSchema } from "./sim-schema.ts";
import type { Deliver, SessionResult, SimSession } from "./sim-session.ts";

const connectionTimeout = seconds(3);

type Waiter = (session: SimSession | undefined) => void;

/** A process's connections, as pg's pool has them: the last released is the next given, those who wait wait in line. */
export class SimPool {
  readonly #schema: SimSchema;
  readonly #max: number;
  readonly #deliver: Deliver;
  readonly #all = new Set<SimSession>();
  readonly #idle: SimSession[] = [];
  readonly #waiting: Waiter[] = [];
  #opening = 0;
  #passed: readonly unknown[] = [];
  #dead = false;

  constructor(schema: SimSchema, options: ConnectOptions) {
    const { kernel } = schema.server;
    const { maxConnections = 10 } = options;
    const deliver: Deliver =
      options.deliver ?? ((delay, action) => kernel.schedule(delay, action));
    this.#schema = schema;
    this.#max = maxConnections;
    this.#deliver = (delay, action) =>
      deliver(delay, () => {
        if (!this.#dead) action();
      });
  }

  async connect(): Promise<SimClient> {
    const session = await this.#acquire();
    return new SimClient(this, session);
  }

  /** What `act` sends in its course goes with these values. */
  passing<T>(values: readonly unknown[], act: () => T): T {
    this.#passed = values;
    try {
      return act();
    } finally {
      this.#passed = [];
    }
  }

  get passed(): readonly unknown[] {
    return this.#passed;
  }

  give(session: SimSession, broken: boolean): void {
    if (broken || !session.isOpen) {
      this.#all.delete(session);
      session.hangUp();
      this.#replace();
      return;
    }
    const next = this.#waiting.shift();
    if (next) next(session);
    else this.#idle.push(session);
  }

  stats() {
    return {
      total: this.#all.size + this.#opening,
      idle: this.#idle.length,
      waiting: this.#waiting.length,
    };
  }

  async end(): Promise<void> {
    for (const session of this.#idle.splice(0)) this.give(session, true);
  }

  kill(): void {
    this.#dead = true;
    for (const session of this.#all) session.hangUp();
    this.#all.clear();
  }

  #acquire(): Promise<SimSession> {
    if (this.#dead) return new Promise(() => undefined);
    for (;;) {
      const idle = this.#idle.pop();
      if (idle === undefined) break;
      if (idle.isOpen) return Promise.resolve(idle);
      this.#all.delete(idle);
    }
    return this.#all.size + this.#opening < this.#max
      ? this.#open()
      : this.#waitInLine();
  }

  async #open(): Promise<SimSession> {
    this.#opening += 1;
    try {
      const session = await this.#schema.server.login(
        this.#schema,
        this.#deliver,
      );
      this.#all.add(session);
      return session;
    } finally {
      this.#opening -= 1;
    }
  }

  #waitInLine(): Promise<SimSession> {
    return new Promise((resolve, reject) => {
      const place: Waiter = (session) => {
        timer.cancel();
        if (session) resolve(session);
        else this.#acquire().then(resolve, reject);
      };
      const timer = this.#schema.server.kernel.schedule(
        connectionTimeout,
        () => {
          const index = this.#waiting.indexOf(place);
          if (index < 0) return;
          this.#waiting.splice(index, 1);
          this.#deliver(0, () =>
            reject(new Error("timeout exceeded when trying to connect")),
          );
        },
      );
      this.#waiting.push(place);
    });
  }

  /** A broken connection makes room for whoever is first in line. */
  #replace(): void {
    this.#waiting.shift()?.(undefined);
  }
}

type QueryConfig =
  Statement | { readonly text: string; readonly name?: string };

/** A connection in somebody's hand, as far as pg's client is used. */
export class SimClient {
  readonly #pool: SimPool;
  readonly #session: SimSession;
  /** What pg writes to; here everything is sent in one turn anyway. */
  readonly connection = {
    stream: { cork: () => undefined, uncork: () => undefined },
  };

  constructor(pool: SimPool, session: SimSession) {
    this.#pool = pool;
    this.#session = session;
  }

  query(config: QueryConfig): Promise<SessionResult> {
    return this.send(statementOf(config), this.#pool.passed);
  }

  send(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<SessionResult> {
    return this.#session.send(statement, values);
  }

  on(): void {
    // A lost connection rejects what is under way; there is nothing else to tell.
  }

  removeListener(): void {
    // Nobody was added.
  }

  release(broken: boolean): void {
    this.#pool.give(this.#session, broken);
  }
}

function statementOf(config: QueryConfig): Statement {
  if (typeof config === "string") return config;
  const { name, text } = config;
  return name === undefined ? text : { name, text };
}
