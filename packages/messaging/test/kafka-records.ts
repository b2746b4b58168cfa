import { createRequire } from "node:module";
import fc from "fast-check";
import { ByteWriter } from "../src/kafka/codec/byte-writer.ts";

/** Around 64 and 8192 bytes a length takes one byte more. */
export const text = fc.oneof(
  { weight: 20, arbitrary: fc.string({ maxLength: 80, size: "max" }) },
  {
    weight: 5,
    arbitrary: fc.string({ unit: "binary", maxLength: 80, size: "max" }),
  },
  {
    weight: 1,
    arbitrary: fc.nat(200).map((more) => "long".repeat(2_000 + more)),
  },
);

/** No names that every object has: with those kafkajs mixes up what is inherited. */
export const headers = fc.dictionary(
  fc
    .string({ unit: "grapheme", maxLength: 70, size: "max" })
    .filter((name) => !(name in {})),
  text,
  { maxKeys: 15 },
);

/** What a fetch brings of one partition. */
export type Partition = {
  readonly partition: number;
  readonly errorCode: number;
  readonly preferredReadReplica: number;
  readonly aborted: readonly { producerId: number; firstOffset: number }[];
  readonly batches: readonly Batch[];
  /** So many bytes are cut off its end, though never of the first batch. */
  readonly cut: number;
};

type Batch = {
  readonly firstOffset: number;
  readonly compression: number;
  readonly transactional: boolean;
  readonly control: boolean;
  readonly producerId: number;
  readonly records: readonly object[];
};

const offset = fc.nat({ max: 2 ** 48 });
const repeated = fc.dictionary(
  fc.constantFrom("a", "b"),
  fc.oneof(text, fc.array(text, { minLength: 2, maxLength: 3 })),
);
const record = fc.record({
  key: fc.option(text, { freq: 10 }),
  value: fc.option(text, { freq: 10 }),
  headers: fc.oneof(headers, repeated),
  timestampDelta: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
});
const batch = fc.record({
  firstOffset: offset,
  compression: fc.constant(0),
  transactional: fc.boolean(),
  control: fc.boolean(),
  producerId: fc.integer({ min: -1, max: 2 ** 40 }),
  records: fc.array(record, { minLength: 1, maxLength: 5 }),
});
export const partition: fc.Arbitrary<Partition> = fc.record({
  partition: fc.nat(50),
  errorCode: fc.constantFrom(0, 0, 0, 6),
  preferredReadReplica: fc.constantFrom(-1, -1, -1, 2),
  aborted: fc.array(fc.record({ producerId: offset, firstOffset: offset }), {
    maxLength: 2,
  }),
  batches: fc.array(batch, { maxLength: 3 }),
  cut: fc.oneof(fc.constant(0), fc.nat(300)),
});

type Encoder = { readonly buffer: Buffer };
const load = createRequire(import.meta.url);
const kafkajs = "kafkajs/src/protocol/recordBatch";
const encodeRecord = load(`${kafkajs}/record/v0/index.js`) as (
  record: object,
) => Encoder;
const { RecordBatch: encodeBatch } = load(`${kafkajs}/v0/index.js`) as {
  RecordBatch(batch: object): Promise<Encoder>;
};

export type Topic = {
  readonly topicName: string;
  readonly partitions: readonly Partition[];
};

/** A broker's answer to a fetch of version 11, its record batches as kafkajs encodes them. */
export async function fetchAnswer(topics: readonly Topic[]): Promise<Buffer> {
  const out = new ByteWriter();
  out.int32(7); // milliseconds to hold back
  out.int16(0);
  out.int32(0);
  out.int32(topics.length);
  for (const { topicName, partitions } of topics) {
    out.shortText(topicName);
    out.int32(partitions.length);
    for (const one of partitions) await writePartition(out, one);
  }
  return out.copy();
}

async function writePartition(out: ByteWriter, one: Partition): Promise<void> {
  out.int32(one.partition);
  out.int16(one.errorCode);
  for (const offset of [2 ** 50, 2 ** 49, 0]) out.int64(offset);
  out.int32(one.aborted.length);
  for (const { producerId, firstOffset } of one.aborted) {
    out.int64(producerId);
    out.int64(firstOffset);
  }
  out.int32(one.preferredReadReplica);
  const batches = await Promise.all(one.batches.map(bytesOf));
  const all = Buffer.concat(batches);
  const size = Math.max(batches[0]?.length ?? 0, all.length - one.cut);
  out.int32(size);
  out.raw(all.subarray(0, size));
}

async function bytesOf({ control, ...batch }: Batch): Promise<Buffer> {
  const records = batch.records.map((record, offsetDelta) =>
    encodeRecord({ ...record, offsetDelta }),
  );
  const lastOffsetDelta = records.length - 1;
  const { buffer } = await encodeBatch({ ...batch, lastOffsetDelta, records });
  if (control) buffer.writeInt16BE(buffer.readInt16BE(21) | 0x20, 21);
  return buffer;
}
