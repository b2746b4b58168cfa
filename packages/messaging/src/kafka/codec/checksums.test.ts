import fc from "fast-check";
import { Partitioners } from "kafkajs";
import { text } from "../../../test/kafka-records.ts";
import { crc32c } from "./crc32c.ts";
import { murmur2 } from "./murmur2.ts";

it("knows the checksum that CRC-32C is told by", () => {
  const bytes = Buffer.from("0123456789");
  expect(crc32c(bytes, 1, 10)).toBe(0xe3069283);
});

it("hashes every key as kafkajs does", () => {
  const topic = "t";
  const partitionMetadata = Array.from({ length: 997 }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 1,
    replicas: [1],
    isr: [1],
  }));
  const native = Partitioners.DefaultPartitioner();
  fc.assert(
    fc.property(text, (key) => {
      const message = { key, value: "" };
      expect((murmur2(key) & 0x7fffffff) % partitionMetadata.length).toBe(
        native({ topic, partitionMetadata, message }),
      );
    }),
  );
});
