import type { Statement } from "@cartwright/database/tx";
import { Execution } from "./execution.ts";
import { strikes } from "./faults.ts";
import type { KernelPort } from "./kernel-port.ts";
import type { SimSchema } from "./sim-schema.ts";
import {
  aborted,
  connectionLost,
  deadlockDetected,
  idleTooLong,
  notQueryable,
  serializationFailure,
} from "./sql-error.ts";
import type { SimTransaction } from "./sim-transaction.ts";
import type { Waiting } from "./table.ts";

export type SessionResult = {
  readonly rows: readonly object[];
  /** COMMIT or ROLLBACK: which of them it became. */
  readonly command: string;
};

type Request = {
  readonly statement: Statement;
  readonly values: readonly unknown[];
  readonly arrivesAt: number;
  readonly resolve: (result: SessionResult) => void;
  readonly reject: (error: unknown) => void;
};

/** Brings an answer to the client after `delay`; not to one that is dead by then. */
export type Deliver = (delay: number, action: () => void) => void;

/** What a session has of its server. */
export type SessionHome = {
  readonly schema: SimSchema;
  readonly deliver: Deliver;
  readonly onClosed: (session: SimSession) => void;
};

/**
 * One connection and the backend at its other end. Requests may be sent without waiting for the answers
 * before: they arrive in order after a drawn time, are executed one by one, and answered in order.
 */
export class SimSession {
  readonly #home: SessionHome;
  readonly #requests: Request[] = [];
  readonly #answers: (() => void)[] = [];
  #pump: ReturnType<KernelPort["schedule"]> | undefined;
  #execution: Execution | undefined;
  #inHand: Request | undefined;
  #tx: SimTransaction | undefined;
  /** Between BEGIN and the end; else each statement commits by itself. */
  #inBlock = false;
  #working = false;
  #lastArrival = 0;
  #answering = false;
  #idleSince = 0;
  #watched = false;
  #hungUp = false;
  #failure: Error | undefined;

  constructor(home: SessionHome) {
    this.#home = home;
  }

  /** Whether it can still be used. */
  get isOpen(): boolean {
    return this.#failure === undefined;
  }

  send(
    statement: Statement,
    values: readonly unknown[] = [],
  ): Promise<SessionResult> {
    return new Promise((resolve, reject) => {
      if (this.#hungUp) return; // a dead process sends nothing, least of all a COMMIT behind what was cut off
      if (this.#failure) {
        const { deliver } = this.#home;
        deliver(0, () => reject(notQueryable()));
        return;
      }
      const arrivesAt = this.#nextArrival();
      this.#requests.push({ statement, values, arrivesAt, resolve, reject });
      this.#wakeUp();
    });
  }

  /** The client's process is gone. What it has sent may still arrive, in part; then the server rolls back. */
  hangUp(): void {
    this.#hungUp = true;
    if (this.#failure) return;
    const { kernel, latency } = this.#home.schema.server;
    const arriving = Math.floor(kernel.random() * (this.#requests.length + 1));
    this.#requests.length = arriving;
    kernel.schedule(latency(), () => this.#hearHangUp());
  }

  /** Breaks the connection from the server's end: rolls back, fails what is under way. */
  terminate(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#execution?.abandon();
    this.#execution = undefined;
    this.#pump?.cancel();
    this.#endTransaction("rollback");
    const unanswered = [...(this.#inHand ? [this.#inHand] : [])];
    unanswered.push(...this.#requests.splice(0));
    this.#inHand = undefined;
    for (const { reject } of unanswered) this.#answer(() => reject(error));
    this.#home.onClosed(this);
  }

  /** A server does not notice that the client is gone while it still has something to do. */
  #hearHangUp(): void {
    if (this.#execution === undefined && this.#requests.length === 0)
      this.terminate(connectionLost());
    else {
      const { kernel, latency } = this.#home.schema.server;
      kernel.schedule(latency(), () => this.#hearHangUp());
    }
  }

  /** What is sent in one moment mostly arrives in one. */
  #nextArrival(): number {
    const { kernel, latency } = this.#home.schema.server;
    const follows = this.#requests.at(-1)?.arrivesAt ?? 0;
    const together = follows > kernel.now() && kernel.random() < 0.5;
    this.#lastArrival = together
      ? this.#lastArrival
      : Math.max(this.#lastArrival, kernel.now() + latency());
    return this.#lastArrival;
  }

  #wakeUp(): void {
    const next = this.#requests[0];
    if (this.#execution || this.#pump || next === undefined) return;
    const { kernel } = this.#home.schema.server;
    this.#pump = kernel.schedule(
      Math.max(0, next.arrivesAt - kernel.now()),
      () => {
        this.#pump = undefined;
        this.#work();
      },
    );
  }

  #work(): void {
    if (this.#working) return;
    this.#working = true;
    const { kernel } = this.#home.schema.server;
    for (;;) {
      const next = this.#requests[0];
      const hasArrived = next !== undefined && next.arrivesAt <= kernel.now();
      if (!hasArrived || this.#execution || this.#failure) break;
      this.#requests.shift();
      this.#inHand = next;
      this.#execute(next);
    }
    this.#working = false;
    this.#wakeUp();
    this.#watchIdleness();
  }

  #execute(request: Request): void {
    switch (request.statement) {
      case "BEGIN":
        this.#begin();
        break;
      case "COMMIT":
        this.#commit();
        break;
      case "ROLLBACK":
        this.#rollback();
        break;
      default:
        this.#run(request);
    }
  }

  #begin(): void {
    this.#tx ??= this.#home.schema.begin();
    this.#inBlock = true;
    this.#succeed([], "BEGIN");
  }

  #rollback(): void {
    this.#endTransaction("rollback");
    this.#succeed([], "ROLLBACK");
  }

  #run({ statement, values }: Request): void {
    const { schema } = this.#home;
    const { server } = schema;
    const faults = server.faults();
    if (this.#tx?.aborted) {
      this.#fail(aborted());
      return;
    }
    if (strikes(server.kernel, faults.lostStatement)) {
      this.terminate(connectionLost());
      return;
    }
    const tx = (this.#tx ??= schema.begin());
    if (strikes(server.kernel, faults.deadlock)) {
      this.#fail(deadlockDetected());
      return;
    }
    const execution = new Execution(
      server,
      tx,
      started(() => schema.twinOf(statement)(schema.runFor(tx), values)),
      (outcome) => {
        this.#execution = undefined;
        if ("failure" in outcome) this.#fail(outcome.failure);
        else if (this.#inBlock) this.#succeed(outcome.rows, "");
        else this.#commit(outcome.rows);
        this.#work();
      },
    );
    this.#execution = execution;
    execution.proceed();
  }

  #commit(rows: readonly object[] = []): void {
    const { server } = this.#home.schema;
    const faults = server.faults();
    const tx = this.#tx;
    if (tx === undefined || tx.aborted) {
      this.#rollback();
      return;
    }
    if (strikes(server.kernel, faults.lostCommit)) {
      this.terminate(connectionLost());
      return;
    }
    if (strikes(server.kernel, faults.serialization)) {
      this.#endTransaction("rollback");
      this.#fail(serializationFailure());
      return;
    }
    this.#endTransaction("commit");
    if (strikes(server.kernel, faults.lostCommitReply)) {
      this.terminate(connectionLost());
      return;
    }
    this.#succeed(rows, "COMMIT");
  }

  #succeed(rows: readonly object[], command: string): void {
    const request = this.#inHand;
    this.#inHand = undefined;
    this.#answer(() => request?.resolve({ rows, command }));
  }

  /** A block stays aborted until it is ended; its locks go at once. */
  #fail(error: unknown): void {
    this.#home.schema.server.noteFailure(error);
    const request = this.#inHand;
    this.#inHand = undefined;
    const tx = this.#tx;
    if (tx && !tx.aborted) {
      this.#home.schema.end(tx, "rollback");
      tx.aborted = true;
    }
    if (!this.#inBlock) this.#tx = undefined;
    this.#answer(() => request?.reject(error));
  }

  #endTransaction(outcome: "commit" | "rollback"): void {
    const tx = this.#tx;
    this.#tx = undefined;
    this.#inBlock = false;
    if (tx && !tx.aborted) this.#home.schema.end(tx, outcome);
  }

  /** In order: what is ready while an answer is on its way goes with it. */
  #answer(answer: () => void): void {
    this.#answers.push(answer);
    if (this.#answering) return;
    this.#answering = true;
    this.#home.deliver(this.#home.schema.server.latency(), () => {
      this.#answering = false;
      for (const each of this.#answers.splice(0)) each();
    });
  }

  #watchIdleness(): void {
    const { kernel, limits } = this.#home.schema.server;
    this.#idleSince = kernel.now();
    if (this.#watched || this.#tx === undefined) return;
    this.#watched = true;
    this.#checkIdleness(limits.idleInTransactionTimeout);
  }

  #checkIdleness(after: number): void {
    const { kernel, limits } = this.#home.schema.server;
    kernel.schedule(after, () => {
      const busy = this.#execution !== undefined || this.#requests.length > 0;
      const left =
        this.#idleSince + limits.idleInTransactionTimeout - kernel.now();
      if (this.#tx === undefined || this.#failure) this.#watched = false;
      else if (busy) this.#checkIdleness(limits.idleInTransactionTimeout);
      else if (left > 0) this.#checkIdleness(left);
      else this.terminate(idleTooLong());
    });
  }
}

/** So that a twin that fails before its first step fails like one that fails later. */
function* started(
  run: () => Waiting<readonly object[]>,
): Waiting<readonly object[]> {
  return yield* run();
}
