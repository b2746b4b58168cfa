import { ByteReader } from "./byte-reader.ts";
import {
  readRecordBatches,
  type FetchedRecord,
} from "./record-batch-decoder.ts";

/** A fetch's answer as kafkajs knows it. */
export type FetchResponse<R = FetchedRecord> = {
  readonly throttleTime: number;
  readonly clientSideThrottleTime?: number;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly responses: readonly TopicResponse<R>[];
};

type TopicResponse<R> = {
  readonly topicName: string;
  readonly partitions: readonly PartitionResponse<R>[];
};

type PartitionResponse<R> = {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly lastStartOffset: string;
  readonly abortedTransactions: readonly AbortedTransaction[];
  readonly preferredReadReplica: number;
  readonly messages: readonly R[];
};

type AbortedTransaction = {
  readonly producerId: string;
  readonly firstOffset: string;
};

/** A partition's number, error, high watermark, last stable offset and first offset. */
const sizeOfHead = 30;
const nothing = Symbol("nothing to tell");

/**
 * Decodes an answer of version 11. Partitions with nothing to tell are left out: kafkajs would spend on each of them what a
 * handful of records costs. Undefined where record batches are left to kafkajs.
 */
export function decodeFetchResponse(
  payload: Buffer,
): FetchResponse | undefined {
  const reader = new ByteReader(payload);
  const clientSideThrottleTime = reader.int32();
  const errorCode = reader.int16();
  const sessionId = reader.int32();
  const responses: TopicResponse<FetchedRecord>[] = [];
  for (let topics = reader.int32(); topics > 0; topics -= 1) {
    const topicName = reader.shortText();
    const partitions: PartitionResponse<FetchedRecord>[] = [];
    for (let left = reader.int32(); left > 0; left -= 1) {
      const response = readPartition(reader);
      if (response === undefined) return undefined;
      if (response !== nothing) partitions.push(response);
    }
    if (partitions.length > 0) responses.push({ topicName, partitions });
  }
  // The broker asks the client to hold back; it has not done so itself.
  const throttleTime = 0;
  return {
    throttleTime,
    clientSideThrottleTime,
    errorCode,
    sessionId,
    responses,
  };
}

function readPartition(
  reader: ByteReader,
): PartitionResponse<FetchedRecord> | typeof nothing | undefined {
  const { bytes } = reader;
  const start = reader.skip(sizeOfHead);
  const abortedTransactions = readAborted(reader);
  const preferredReadReplica = reader.int32();
  const size = Math.max(0, reader.int32());
  const from = reader.skip(size);
  const messages = readRecordBatches(bytes, from, reader.at);
  if (messages === undefined) return undefined;
  const errorCode = bytes.readInt16BE(start + 4);
  if (messages.length === 0 && errorCode === 0 && preferredReadReplica < 0)
    return nothing;
  return {
    partition: bytes.readInt32BE(start),
    errorCode,
    highWatermark: String(bytes.readBigInt64BE(start + 6)),
    lastStableOffset: String(bytes.readBigInt64BE(start + 14)),
    lastStartOffset: String(bytes.readBigInt64BE(start + 22)),
    abortedTransactions,
    preferredReadReplica,
    messages,
  };
}

function readAborted(reader: ByteReader): AbortedTransaction[] {
  const aborted: AbortedTransaction[] = [];
  for (let left = reader.int32(); left > 0; left -= 1)
    aborted.push({
      producerId: String(reader.int64()),
      firstOffset: String(reader.int64()),
    });
  return aborted;
}
