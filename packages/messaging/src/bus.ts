import type { Duration } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import type { Turn } from "@cartwright/kernel/turns";
import type { Tx } from "@cartwright/database/tx";

/** A message as the broker sees it. */
export type BusRecord = {
  readonly topic: string;
  /** Records of one key stay in the order they were published in. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The payload, UTF-8. */
  readonly value: string;
};

/**
 * A topic is missing or is not as the platform needs it: publishing on would break what consumers rely on,
 * so nothing is published until somebody has acted.
 */
export class WrongTopic extends Error {
  override readonly name = "WrongTopic";
}

/**
 * There is at least one among the records that the bus will never take as it is: larger than its topic allows, say.
 * Published without it, the others may be taken.
 */
export class RefusedRecords extends Error {
  override readonly name = "RefusedRecords";
}

export type ReceivedRecord = BusRecord & {
  /** Where it lies in the log, for people: `topic/partition@offset`. */
  readonly position: string;
};

/** What one fetch brought, all topics and partitions merged; per key in published order. */
export type Batch = {
  readonly records: readonly ReceivedRecord[];
  /**
   * Moves the group's cursor past the batch in the handler's own transaction where the log lies in
   * the same database; otherwise does nothing, and the broker's offsets are committed after `handle`. Asks
   * `tx` at once, and rejects with its answer alone: so the transaction fails with the same, and it need not be awaited.
   */
  settle(tx: Tx): Promise<void>;
  /** Tells the broker that work goes on; call it after real progress only. */
  heartbeat(): Promise<void>;
};

export type SubscribeOptions = {
  /** Each group receives every record; within a group each record goes to one member. New groups start at the earliest record. */
  readonly group: string;
  readonly topics: readonly string[];
  /** One batch in flight at a time. A rejection means redelivery of the same records. */
  readonly handle: (batch: Batch) => Promise<void>;
  /** Nobody waits for this group: its batches may gather for so long before they are handed over. */
  readonly gather?: Duration | undefined;
  /** Upper bound of a batch; 500 unless given. */
  readonly maxBatch?: number;
  /** Each batch is gathered and handed over within a turn; unless given, nobody waits for one. */
  readonly turn?: Turn;
};

/** How many records of a topic a group has yet to handle. */
export type TopicLag = { readonly topic: string; readonly behind: number };

/** The broker, as the platform needs it: at-least-once, ordered per key, durable once `publish` resolves. */
export type Bus = Part & {
  /** What carries the messages, as spans name it. */
  readonly system: "kafka" | "postgresql";
  /**
   * Resolves when every record is durable; rejects when any may not be (then publish all of them again), with
   * `RefusedRecords` where that would be in vain.
   */
  publish(records: readonly BusRecord[]): Promise<void>;
  /** A part that consumes from `start()` to `stop()`. */
  subscribe(options: SubscribeOptions): Part;
  /** Of each of these topics; rejects while the broker does not answer. */
  lag?(group: string, topics: readonly string[]): Promise<TopicLag[]>;
};
