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
  /** How many records a fetch brings at most, whatever the subscriber allows. */
  readonly fetchLimit: number;
};

const heartbeatEvery = 2_000;
const longestFetch = 5_000;
const longestBackOff = 5_000;
const commitEvery = 1_000;

/** One instance's part in a group, as a client of the broker has it: it lives and dies with its actor. */
export class GroupMember {
  readonly #options: MemberOptions;
  #stopping = false;
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
        await session.turn();
        this.#backOff = 0;
      }
      await session.commit();
    } finally {
      session.over = true;
    }
  }

  #nextBackOff(): number {
    this.#backOff = Math.min(longestBackOff, this.#backOff * 2 || 100);
    return this.#backOff;
  }
}

/** A member's life with one share: fetches, hands over, commits what was handled. */
class Session {
  /** The group shares out anew, or has given us up. */
  over = false;
  readonly #options: MemberOptions;
  readonly #share: Share;
  readonly #positions: Map<string, number>;
  #committedAt: number;

  constructor(options: MemberOptions, share: Share) {
    this.#options = options;
    this.#share = share;
    this.#positions = new Map(share.positions);
    this.#committedAt = options.kernel.now();
  }

  async keepAlive(): Promise<void> {
    while (!this.over) {
      await this.#heartbeat().catch(() => undefined); // the next one may get through
      await pause(this.#options.kernel, heartbeatEvery);
    }
  }

  async turn(): Promise<void> {
    const { kernel, gather, handle, faults } = this.#options;
    const records = await this.#fetch();
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
    if (kernel.now() - this.#committedAt > commitEvery * kernel.random())
      await this.commit().catch(() => undefined); // with the next, or never
    if (gather !== undefined) await pause(kernel, gather);
  }

  commit(): Promise<undefined> {
    const { broker, group, id, kernel, faults } = this.#options;
    this.#committedAt = kernel.now();
    const positions = new Map(this.#positions);
    return ask<undefined>(this.#options, (answer) => {
      if (!faults.happens("commit-lost"))
        broker.group(group).commit(id, this.#share.generation, positions);
      answer.give(undefined);
    });
  }

  #fetch(): Promise<StoredRecord[]> {
    const { broker, kernel, maxBatch = 500, fetchLimit } = this.#options;
    const limit = kernel.integer(1, Math.min(maxBatch, fetchLimit));
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
    this.over = true;
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
