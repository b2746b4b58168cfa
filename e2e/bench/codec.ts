import { readFile } from "node:fs/promises";
import { contracts } from "@cartwright/contracts/catalogue";
import type { Draft } from "@cartwright/contracts/message";
import { sampleFile } from "@cartwright/contracts/sample-file";
import { newId } from "@cartwright/kernel/ids";
import type { BusRecord } from "@cartwright/messaging/bus";
import { ByteWriter } from "@cartwright/messaging/kafka/codec/byte-writer";
import {
  nativeCodec,
  ownCodec,
} from "@cartwright/messaging/kafka/codec/own-codec";
import { constantHeaders, headersOf } from "@cartwright/messaging/wire";

/**
 * `node e2e/bench/codec.ts`: what Kafka's records cost, by kafkajs's codec and by our own, in turn within one process. The
 * ratio counts; the microseconds are the machine's of the minute.
 */

const rounds = 9;
/** CPU microseconds that a measurement takes at least. */
const enough = 100_000;
const perBatch = 50;
/** As many as the group has that reads the most topics. */
const partitions = 42;
const topic = "order-events";

const records = await Promise.all(
  Array.from({ length: perBatch }, (_, index) => aRecord(index)),
);
const produced = {
  acks: -1,
  timeout: 10_000,
  producerId: -1,
  topicData: [{ topic, partitions: [{ partition: 0, messages: records }] }],
};
const fetched = {
  maxWaitTime: 500,
  minBytes: 1,
  maxBytes: 2 ** 20,
  topics: [
    {
      topic,
      partitions: Array.from({ length: partitions }, (_, partition) => ({
        partition,
        fetchOffset: "123456",
        maxBytes: 2 ** 18,
      })),
    },
  ],
};

const native = {
  produce: nativeCodec.produce({ version: 7 })(produced),
  fetch: nativeCodec.fetch({ version: 11 })(fetched),
};
const own = {
  produce: ownCodec.produce({ version: 7 })(produced),
  fetch: ownCodec.fetch({ version: 11 })(fetched),
};
const batch = await encodedBatch();
const full = answerOf([batch]);
const empty = answerOf(Array.from({ length: partitions }, () => Buffer.of()));

await compare("encode, per record", perBatch, {
  kafkajs: () => native.produce.request.encode(),
  ours: () => own.produce.request.encode(),
});
await compare("decode to texts, per record", perBatch, {
  kafkajs: async () => inTexts(await native.fetch.response.decode(full)),
  ours: () => own.fetch.response.decode(full),
});
await compare(`ask for ${partitions} partitions, per fetch`, 1, {
  kafkajs: () => native.fetch.request.encode(),
  ours: () => own.fetch.request.encode(),
});
await compare(`hear nothing of ${partitions} partitions, per fetch`, 1, {
  kafkajs: () => native.fetch.response.decode(empty),
  ours: () => own.fetch.response.decode(empty),
});

type Sample = Pick<Draft, "subject" | "key" | "data">;

/** A golden sample with all headers that a message can have. */
async function aRecord(
  index: number,
): Promise<Pick<BusRecord, "key" | "headers" | "value">> {
  const contract = contracts[index % contracts.length];
  if (contract === undefined) throw new RangeError("There are no contracts.");
  const catalogue = import.meta.resolve("@cartwright/contracts/catalogue");
  const sample = new URL(`samples/${sampleFile(contract.type)}`, catalogue);
  const draft = JSON.parse(await readFile(sample, "utf8")) as Sample;
  const { key, data } = draft;
  const headers = headersOf(
    {
      draft: { ...draft, type: contract.type, topic: contract.topic },
      sequence: 1 + index,
      attempt: 1,
      cause: {
        correlationId: newId(),
        causationId: newId(),
        commandId: newId(),
        traceparent: `00-${"0af7651916cd43dd".repeat(2)}-b7ad6b7169203331-01`,
      },
    },
    { id: newId(), source: "order", time: new Date().toISOString() },
  );
  return {
    key,
    headers: { ...constantHeaders, ce_partitionkey: key, ...headers },
    value: JSON.stringify(data),
  };
}

/** The record batch within a request that has no other: its last part, behind its length. */
async function encodedBatch(): Promise<Buffer> {
  const { buffer } = await native.produce.request.encode();
  const start = 2 + 2 + 4 + 4 + 2 + topic.length + 4 + 4 + 4;
  return buffer.subarray(start);
}

/** A fetch's answer, version 11, with these record batches, one of each partition. */
function answerOf(batches: readonly Buffer[]): Buffer {
  const out = new ByteWriter();
  out.int32(0);
  out.int16(0);
  out.int32(0);
  out.int32(1);
  out.shortText(topic);
  out.int32(batches.length);
  for (const [partition, bytes] of batches.entries()) {
    out.int32(partition);
    out.int16(0);
    for (const offset of [123_456, 123_456, 0]) out.int64(offset);
    out.int32(0);
    out.int32(-1);
    out.int32(bytes.length);
    out.raw(bytes);
  }
  return out.copy();
}

/** What is left to do with what kafkajs decodes. */
function inTexts({
  responses,
}: Awaited<ReturnType<typeof native.fetch.response.decode>>) {
  const records = responses.flatMap(({ partitions }) =>
    partitions.flatMap(({ messages }) => messages),
  );
  return records.map(({ key, value, headers }) => {
    const texts: Record<string, string> = {};
    for (const name in headers) texts[name] = String(headers[name]);
    return { key: String(key), value: String(value), headers: texts };
  });
}

async function compare(
  what: string,
  units: number,
  codecs: Record<"kafkajs" | "ours", () => Promise<unknown>>,
): Promise<void> {
  const measured = { kafkajs: [] as number[], ours: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    measured.kafkajs.push(await costOf(codecs.kafkajs));
    measured.ours.push(await costOf(codecs.ours));
  }
  const [kafkajs, ours] = [measured.kafkajs, measured.ours].map(
    (costs) => (costs.sort((a, b) => a - b)[rounds >> 1] ?? 0) / units,
  ) as [number, number];
  console.log(
    `${what.padEnd(44)} kafkajs ${kafkajs.toFixed(2)} µs, ours ${ours.toFixed(2)} µs: ` +
      `${(kafkajs / ours).toFixed(1)} times`,
  );
}

/** CPU microseconds, garbage collection included. */
async function costOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let times = 1; ; times += 1) {
    await work();
    if (times % 16 > 0) continue;
    const { user, system } = process.cpuUsage(before);
    if (user + system > enough) return (user + system) / times;
  }
}
