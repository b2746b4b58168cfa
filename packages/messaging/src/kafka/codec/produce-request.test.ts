import { jest } from "@jest/globals";
import fc from "fast-check";
import type { Message } from "kafkajs";
import { headers, text } from "../../../test/kafka-records.ts";
import { nativeCodec, ownCodec } from "./own-codec.ts";
import { encodeProduceRequest } from "./produce-request.ts";

const now = 1_767_225_600_123;

describe("what our codec sends", () => {
  // kafkajs writes the time into it.
  beforeAll(() => void jest.useFakeTimers({ now, doNotFake: ["nextTick"] }));
  afterAll(() => void jest.useRealTimers());

  const asking = (messages: readonly Message[]) => ({
    acks: -1,
    timeout: 10_000,
    producerId: -1,
    topicData: [{ topic: "t", partitions: [{ partition: 0, messages }] }],
  });
  const sentBy = async (
    codec: typeof nativeCodec | typeof ownCodec,
    asked: Parameters<typeof encodeProduceRequest>[0],
    version: number,
  ) => (await codec.produce({ version })(asked).request.encode()).buffer;

  it("is what kafkajs sends, byte by byte", async () => {
    const message = fc.record({ key: text, value: text, headers });
    const partitions = fc.array(
      fc.record({
        partition: fc.nat(),
        messages: fc.array(message, { minLength: 1, maxLength: 5 }),
      }),
      { minLength: 1, maxLength: 3 },
    );
    const topicData = fc.array(
      fc.record({ topic: fc.string({ minLength: 1 }), partitions }),
      { minLength: 1, maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(topicData, async (topicData) => {
        const asked = { ...asking([]), topicData };
        const native = await sentBy(nativeCodec, asked, 7);
        expect(encodeProduceRequest(asked, now)?.equals(native)).toBe(true);
        expect(native.equals(await sentBy(ownCodec, asked, 7))).toBe(true);
      }),
    );
  });

  it.each<[string, Message]>([
    ["no key", { value: "v", headers: {} }],
    ["no value", { key: "k", value: null, headers: {} }],
    ["no headers", { key: "k", value: "v" }],
    ["bytes for a key", { key: Buffer.of(255), value: "v", headers: {} }],
    [
      "bytes for a header",
      { key: "k", value: "v", headers: { a: Buffer.of(255) } },
    ],
    ["a header twice", { key: "k", value: "v", headers: { a: ["1", "2"] } }],
    [
      "a time of its own",
      { key: "k", value: "v", headers: {}, timestamp: "9" },
    ],
  ])("is left to kafkajs where a message has %s", async (_, message) => {
    const asked = asking([message]);
    expect(encodeProduceRequest(asked, now)).toBeUndefined();
    const native = await sentBy(nativeCodec, asked, 7);
    expect(native.equals(await sentBy(ownCodec, asked, 7))).toBe(true);
  });

  it("is left to kafkajs where it is compressed, or of a transaction or an idempotent producer", () => {
    const asked = asking([{ key: "k", value: "v", headers: {} }]);
    for (const more of [
      { compression: 1 },
      { transactionalId: "t" },
      { producerId: 5 },
    ])
      expect(encodeProduceRequest({ ...asked, ...more }, now)).toBeUndefined();
  });
});
