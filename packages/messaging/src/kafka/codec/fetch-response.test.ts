import fc from "fast-check";
import {
  fetchAnswer,
  partition,
  type Partition,
} from "../../../test/kafka-records.ts";
import { ByteWriter } from "./byte-writer.ts";
import { decodeFetchResponse } from "./fetch-response.ts";
import { nativeCodec, ownCodec } from "./own-codec.ts";
import { readRecordBatches } from "./record-batch-decoder.ts";

const asked = { maxWaitTime: 1, minBytes: 1, maxBytes: 1, topics: [] };
const native = nativeCodec.fetch({ version: 11 })(asked).response;
const own = ownCodec.fetch({ version: 11 })(asked).response;

const topics = (of: fc.Arbitrary<Partition>) =>
  fc.array(
    fc.record({
      topicName: fc.string({ unit: "grapheme", maxLength: 40 }),
      partitions: fc.array(of, { maxLength: 4 }),
    }),
    { maxLength: 3 },
  );

describe("what our codec fetches", () => {
  it("is what kafkajs fetches, in texts", async () => {
    await fc.assert(
      fc.asyncProperty(topics(partition), async (topics) => {
        const payload = await fetchAnswer(topics);
        const decoded = decodeFetchResponse(payload);
        expect(decoded).toEqual(inTexts(await native.decode(payload)));
      }),
    );
  });

  it("is left to kafkajs where a batch is compressed", async () => {
    const compressed = partition.map((one) => ({
      ...one,
      cut: 0,
      batches: one.batches.map((batch) => ({ ...batch, compression: 1 })),
    }));
    await fc.assert(
      fc.asyncProperty(topics(compressed), async (topics) => {
        const payload = await fetchAnswer(topics);
        expect(inTexts(await own.decode(payload))).toEqual(
          inTexts(await native.decode(payload)),
        );
      }),
    );
  });

  it("comes to an end whatever the bytes are", async () => {
    const bytes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(topics(partition), bytes, async (topics, changes) => {
        const payload = await fetchAnswer(topics);
        for (const [at, byte] of changes) payload[at % payload.length] = byte;
        try {
          decodeFetchResponse(payload);
        } catch (error) {
          expect(error).toHaveProperty("name", "RangeError");
        }
      }),
    );
  });

  it("has no header that is null", () => {
    const [record] = read(1, (out) => {
      const begun = out.begin();
      out.raw(Buffer.alloc(3)); // attributes, time and offset
      out.text("k");
      out.text("v");
      out.varint(2);
      out.text("absent");
      out.int8(1);
      out.text("present");
      out.text("1");
      out.end(begun);
    });
    expect(record).toMatchObject({ key: "k", headers: { present: "1" } });
  });

  it("has something to get past where compaction left an empty batch", () => {
    const records = read(0, () => undefined, 4);
    expect(records).toMatchObject([{ offset: "4", isControlRecord: true }]);
  });
});

/** Reads a batch at offset 0 of so many records, which `write` writes. */
function read(
  count: number,
  write: (out: ByteWriter) => void,
  lastOffsetDelta = count - 1,
) {
  const out = new ByteWriter();
  out.raw(Buffer.alloc(61));
  out.setInt8(16, 2);
  out.setInt32(23, lastOffsetDelta);
  out.setInt32(57, count);
  write(out);
  out.setInt32(8, out.length - 12);
  return readRecordBatches(out.copy(), 0, out.length) ?? [];
}

type Readable = Buffer | string | null;

type Answer = {
  readonly responses: readonly {
    readonly partitions: readonly {
      readonly errorCode: number;
      readonly preferredReadReplica: number;
      readonly messages: readonly {
        readonly offset: string;
        readonly key: Readable;
        readonly value: Readable;
        readonly headers?: Readonly<
          Record<string, Readable | readonly Readable[]>
        >;
        readonly isControlRecord: boolean;
        readonly batchContext: {
          readonly producerId: string;
          readonly inTransaction: boolean;
        };
      }[];
    }[];
  }[];
};

/** As a bus sees it: without partitions that tell nothing, and of the records what it or kafkajs looks at. */
const inTexts = ({ responses, ...answer }: Answer) => ({
  ...answer,
  responses: responses
    .map(({ partitions, ...topic }) => ({
      ...topic,
      partitions: partitions.filter(tells).map((one) => ({
        ...one,
        messages: one.messages.map((record) => ({
          offset: record.offset,
          key: textOf(record.key),
          value: textOf(record.value),
          headers: Object.fromEntries(
            Object.entries(record.headers ?? {}).map(([name, value]) => [
              name,
              [value].flat().map(textOf).join(","),
            ]),
          ),
          isControlRecord: record.isControlRecord,
          batchContext: {
            producerId: record.batchContext.producerId,
            inTransaction: record.batchContext.inTransaction,
          },
        })),
      })),
    }))
    .filter(({ partitions }) => partitions.length > 0),
});

const tells = (one: Answer["responses"][number]["partitions"][number]) =>
  one.messages.length > 0 ||
  one.errorCode !== 0 ||
  one.preferredReadReplica !== -1;

const textOf = (value: Readable): string => value?.toString() ?? "";
