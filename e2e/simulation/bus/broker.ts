import type { BusRecord, ReceivedRecord } from "@cartwright/messaging/bus";
import type { Kernel } from "../kernel.ts";
import { Group } from "./group.ts";

export type StoredRecord = ReceivedRecord & {
  readonly partition: string;
  readonly offset: number;
};

/** Where a reader stands: the next offset by partition (`topic/number`). */
export type Positions = ReadonlyMap<string, number>;

type Waiting = { readonly positions: Positions; readonly wake: () => void };

export const unreachable = (): Error =>
  Object.assign(new Error("The broker cannot be reached."), {
    code: "ECONNREFUSED",
  });

/** What the broker keeps: logs by partition, groups with their offsets. It forgets nothing, whoever dies. */
export class Broker {
  down = false;
  readonly #kernel: Kernel;
  readonly #partitionsPerTopic: number;
  readonly #logs = new Map<string, StoredRecord[]>();
  readonly #groups = new Map<string, Group>();
  readonly #waiting = new Set<Waiting>();

  constructor(kernel: Kernel, partitionsPerTopic: number) {
    this.#kernel = kernel;
    this.#partitionsPerTopic = partitionsPerTopic;
  }

  partitionsOf(topic: string): string[] {
    return Array.from(
      { length: this.#partitionsPerTopic },
      (_, number) => `${topic}/${number}`,
    );
  }

  partitionOf({ topic, key }: BusRecord): string {
    let hash = 7;
    for (let index = 0; index < key.length; index += 1)
      hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
    return `${topic}/${Math.abs(hash) % this.#partitionsPerTopic}`;
  }

  append(records: readonly BusRecord[]): void {
    for (const record of records) {
      const partition = this.partitionOf(record);
      const log = this.#logOf(partition);
      const offset = log.length;
      const position = `${partition}@${offset}`;
      log.push({ ...record, partition, offset, position });
      this.#kernel.trace.add(
        `${this.#kernel.now()} log ${position} ${record.key} ${record.headers["ce_type"]} ${record.headers["ce_id"]}`,
      );
    }
    for (const waiting of [...this.#waiting]) {
      if (!this.#hasNews(waiting.positions)) continue;
      this.#waiting.delete(waiting);
      waiting.wake();
    }
  }

  /** Calls `wake` when something lies behind the positions; at once, or within `patience`. */
  await(positions: Positions, patience: number, wake: () => void): void {
    if (this.#hasNews(positions)) {
      wake();
      return;
    }
    const waiting = { positions, wake };
    this.#waiting.add(waiting);
    this.#kernel.schedule(patience, () => {
      if (this.#waiting.delete(waiting)) wake();
    });
  }

  /** At most `limit` records behind the positions, each partition in its order, the partitions mixed by lot. */
  read(positions: Positions, limit: number): StoredRecord[] {
    const found: StoredRecord[] = [];
    const partitions = [...positions]
      .map((position) => ({ position, lot: this.#kernel.random() }))
      .sort((a, b) => a.lot - b.lot);
    for (const {
      position: [partition, from],
    } of partitions) {
      const room = limit - found.length;
      if (room <= 0) break;
      found.push(...this.#logOf(partition).slice(from, from + room));
    }
    return found;
  }

  group(name: string): Group {
    const known = this.#groups.get(name);
    if (known) return known;
    const made = new Group(this.#kernel, name, (topic) =>
      this.partitionsOf(topic),
    );
    this.#groups.set(name, made);
    return made;
  }

  groups(): Group[] {
    return [...this.#groups.values()];
  }

  /** Everything of every topic, each partition in its order. */
  all(): StoredRecord[] {
    return [...this.#logs.values()].flat();
  }

  end(partition: string): number {
    return this.#logOf(partition).length;
  }

  #hasNews(positions: Positions): boolean {
    for (const [partition, from] of positions)
      if (this.#logOf(partition).length > from) return true;
    return false;
  }

  #logOf(partition: string): StoredRecord[] {
    const known = this.#logs.get(partition);
    if (known) return known;
    const made: StoredRecord[] = [];
    this.#logs.set(partition, made);
    return made;
  }
}
