import type { ReceivedRecord } from "../bus.ts";
import type { ParkReason } from "../parked.ts";

/** A message that was set aside, and what is known about it. */
export type DeadLetter = {
  readonly id: number;
  /** The consumer group that could not handle it. */
  readonly consumer: string;
  readonly record: ReceivedRecord;
  readonly reason: ParkReason;
  /** What went wrong, for people. */
  readonly detail: string;
  readonly parkedAt: Date;
  /** How often an operator had it handled again in vain. */
  readonly requeues: number;
};

/** What an audit says of it. */
export const summaryOf = ({ record, ...letter }: DeadLetter) => ({
  consumer: letter.consumer,
  key: record.key,
  type: record.headers.ce_type ?? null,
  messageId: record.headers.ce_id ?? null,
  position: record.position,
  reason: letter.reason,
  requeues: letter.requeues,
});

/** What is handled in order: the messages of one key at one consumer, or one without a key. */
export type Queue = {
  readonly consumer: string;
  readonly key: string;
  readonly first: number;
};

export const queueOf = ({ id, consumer, record }: DeadLetter): Queue => ({
  consumer,
  key: record.key,
  first: id,
});
