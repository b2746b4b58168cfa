import type { Message } from "kafkajs";
import { ByteWriter } from "./byte-writer.ts";
import { writeRecordBatch, type PlainMessage } from "./record-batch-encoder.ts";

/** What kafkajs has to send in one request. */
export type ProduceArguments<Sent = Message> = {
  readonly acks: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly transactionalId?: string | null | undefined;
  readonly producerId?: unknown;
  readonly compression?: number | undefined;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly messages: readonly Sent[];
    }[];
  }[];
};

/** Encoding never waits, so one is enough for all connections. */
const out = new ByteWriter();

/**
 * The body of a produce request, versions 3 to 7, whose records are stamped `now`; undefined when it is not of the kind
 * that a bus sends.
 */
export function encodeProduceRequest(
  given: ProduceArguments,
  now: number,
): Buffer | undefined {
  const request = plain(given);
  if (request === undefined) return undefined;
  out.clear();
  out.int16(-1); // no transaction
  out.int16(request.acks);
  out.int32(request.timeout);
  out.int32(request.topicData.length);
  for (const { topic, partitions } of request.topicData) {
    out.shortText(topic);
    out.int32(partitions.length);
    for (const { partition, messages } of partitions) {
      out.int32(partition);
      const sizeAt = out.length;
      out.int32(0);
      writeRecordBatch(out, messages, now);
      out.setInt32(sizeAt, out.length - sizeAt - 4);
    }
  }
  return out.copy();
}

function plain(
  request: ProduceArguments,
): ProduceArguments<PlainMessage> | undefined {
  const { transactionalId, compression, producerId, topicData } = request;
  const isPlain =
    !transactionalId &&
    !compression &&
    (producerId === undefined || producerId === -1) &&
    topicData.every(({ partitions }) =>
      partitions.every(({ messages }) => messages.every(isPlainMessage)),
    );
  return isPlain ? request : undefined;
}

/** Whether there is nothing in a message but texts, and no time of its own. */
function isPlainMessage(message: Message): boolean {
  const { key, value, headers, timestamp } = message;
  if (typeof key !== "string" || typeof value !== "string") return false;
  if (headers === undefined || timestamp !== undefined) return false;
  for (const name in headers)
    if (typeof headers[name] !== "string") return false;
  return true;
}
