import type { Batch, SubscribeOptions } from "@cartwright/messaging/bus";
import type { Faults } from "../faults.ts";
import type { Kernel } from "../kernel.ts";
import { call, pause, type Answer, type Distance } from "../remote.ts";
import { unreachable, type Broker, type StoredRecord } from "./broker.ts";
import { NotAMember, type Share } from "./group.ts";

export type MemberOptions = SubscribeOptions & {
  readonly id: string;
  readonly kernel: Kernel;
  readonly broker: Broker;
  readonly faults: Faults;
  readonly distance: Distance;
  /** How many records the next fetch brings at most, of as many as the subscriber allows. */
  readonly fetchSize: (most: number) => number;
};

const heartbeatEvery = 3_000;
const longestFetch = 10_000;
const longestBackOff = 5_000;
const commitEvery = 1_000;

/** One instance's part in a group, as a client of the broker has it: it lives and dies with its actor. */
export class GroupMember {
  readonly #options: MemberOptions;
  #stopping = false;
  readonly #stopped = Promise.withResolvers<StoredRecord[]>();
  #running: Promise<void> = Promise.resolve();
  #backOff = 0;

  constructor(options: MemberOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#stopped.resolve([]);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { kernel, broker, group, id } = this.#options;
    while (!this.#stopping) {
      try {
        await this.#live();
      } catch {
        await pause(kernel, this.#nextBackOff());
      }
    }
    const leave = (answer: Answer<undefined>) => {
      broker.group(group).leave(id);
      answer.give(undefined);
    };
    await ask(this.#options, leave).catch(() => undefined); // its session ends by itself
  }

  /** From joining to the next sharing out, or to the first failure. */
  async #live(): Promise<void> {
    const { broker, group, id, topics } = this.#options;
    const share = await ask<Share>(this.#options, (answer) =>
      broker.group(group).join(id, topics, (given) => answer.give(given)),
    );
    const session = new Session(this.#options, share);
    void session.keepAlive();
    try {
      while (!this.#stopping && !session.over) {
        await session.turn(this.#stopped.promise);
        this.#backOff = 0;
      }
      await session.commit();
    } finally {
      session.end();
    }
  }

  #nextBackOff(): number {
    this.#backOff = Math.min(longestBackOff, this.#backOff * 2 || 100);
    return this.#backOff;
  }
}

/** A member's life with one share: fetches, hands over, commits what was handled. */
class Session {
  readonly #over = Promise.withResolvers<StoredRecord[]>();
  #isOver = false;
  readonly #options: MemberOptions;
  readonly #share: Share;
  readonly #positions: Map<string, number>;
  #committing = false;

  constructor(options: MemberOptions, share: Share) {
    this.#options = options;
    this.#share = share;
    this.#positions = new Map(share.positions);
  }

  /** The group shares out anew, or has given us up. */
  get over(): boolean {
    return this.#isOver;
  }

  end(): void {
    this.#isOver = true;
    this.#over.resolve([]); // nobody waits for records of a share that is gone
  }

  async keepAlive(): Promise<void> {
    while (!this.over) {
      await this.#heartbeat().catch(() => undefined); // the next one may get through
      await pause(this.#options.kernel, heartbeatEvery);
    }
  }

  /** Ends early, with nothing handled, when `stopped` comes before any record. */
  async turn(stopped: Promise<StoredRecord[]>): Promise<void> {
    const { kernel, gather, handle, faults } = this.#options;
    const records = await Promise.race([
      this.#fetch(),
      this.#over.promise,
      stopped,
    ]);
    if (this.over || records.length === 0) return;
    const batch: Batch = {
      records: records.map(({ topic, key, headers, value, position }) => ({
        ...{ topic, key, headers, value, position },
      })),
      settle: () => Promise.resolve(),
      heartbeat: () => this.#heartbeat(),
    };
    await handle(batch);
    // The client forgets what it had handled: it comes once more.
    if (faults.happens("redelivery")) return;
    const { broker, group } = this.#options;
    for (const { partition, offset } of records) {
      this.#positions.set(partition, offset + 1);
      broker.group(group).noteHandled(partition, offset + 1);
    }
    void this.#commitSoon();
    if (gather !== undefined) await pause(kernel, gather);
  }

  async #commitSoon(): Promise<void> {
    if (this.#committing) return;
    this.#committing = true;
    const { kernel } = this.#options;
    await pause(kernel, commitEvery * kernel.random());
    this.#committing = false;
    await this.commit().catch(() => undefined); // the next one tells of these too
  }

  commit(): Promise<undefined> {
    const { broker, group, id, faults } = this.#options;
    const positions = new Map(this.#positions);
    return ask<undefined>(this.#options, (answer) => {
      if (!faults.happens("commit-lost"))
        broker.group(group).commit(id, this.#share.generation, positions);
      answer.give(undefined);
    });
  }

  #fetch(): Promise<StoredRecord[]> {
    const { broker, maxBatch = 500, fetchSize } = this.#options;
    const limit = fetchSize(maxBatch);
    const positions = new Map(this.#positions);
    return ask<StoredRecord[]>(this.#options, (answer) =>
      broker.await(positions, longestFetch, () => {
        if (broker.down) answer.refuse(unreachable());
        else answer.give(broker.read(positions, limit));
      }),
    );
  }

  async #heartbeat(): Promise<void> {
    const { broker, group, id } = this.#options;
    try {
      const rebalancing = await ask<boolean>(this.#options, (answer) =>
        answer.give(broker.group(group).heartbeat(id, this.#share.generation)),
      );
      if (!rebalancing) return;
    } catch (error) {
      if (!(error instanceof NotAMember)) throw error;
    }
    this.end();
    throw new NotAMember("The group shares out anew.");
  }
}

/** A request to the broker; what it throws there is refused here. */
const ask = <T>(
  { kernel, broker, distance }: MemberOptions,
  serve: (answer: Answer<T>) => void,
): Promise<T> =>
  call<T>(kernel, distance, (answer) => {
    try {
      if (broker.down) throw unreachable();
      serve(answer);
    } catch (error) {
      answer.refuse(error as Error);
    }
  });
