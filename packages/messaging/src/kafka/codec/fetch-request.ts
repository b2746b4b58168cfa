import { ByteWriter } from "./byte-writer.ts";

/** What kafkajs asks for in one fetch. */
export type FetchArguments = {
  readonly replicaId?: number | undefined;
  readonly isolationLevel?: number | undefined;
  /** Milliseconds. */
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly rackId?: string | undefined;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly fetchOffset: string;
      readonly maxBytes: number;
    }[];
  }[];
};

const consumer = -1;
const readCommitted = 1;
const noSession = { id: 0, epoch: -1 } as const;
const unknown = -1;

const out = new ByteWriter();

/** The body of a fetch request, version 11. */
export function encodeFetchRequest(request: FetchArguments): Buffer {
  out.clear();
  out.int32(request.replicaId ?? consumer);
  out.int32(request.maxWaitTime);
  out.int32(request.minBytes);
  out.int32(request.maxBytes);
  out.int8(request.isolationLevel ?? readCommitted);
  out.int32(noSession.id);
  out.int32(noSession.epoch);
  out.int32(request.topics.length);
  for (const { topic, partitions } of request.topics) {
    out.shortText(topic);
    out.int32(partitions.length);
    for (const { partition, fetchOffset, maxBytes } of partitions) {
      out.int32(partition);
      out.int32(unknown); // leader epoch
      out.int64(Number(fetchOffset));
      out.int64(unknown); // first offset, which only followers know
      out.int32(maxBytes);
    }
  }
  out.int32(0); // topics to forget: only in a session
  out.shortText(request.rackId ?? "");
  return out.copy();
}
