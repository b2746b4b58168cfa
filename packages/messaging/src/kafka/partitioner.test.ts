import { WrongTopic } from "../bus.ts";
import { partitionerFor } from "./partitioner.ts";

const partitionMetadata = Array.from({ length: 6 }, (_, partitionId) => ({
  partitionErrorCode: 0,
  partitionId,
  leader: 1,
  replicas: [1],
  isr: [1],
}));

/** Java's own partitioner puts them there too: murmur2 of the key, without its sign, modulo the partitions. */
const golden = {
  "0199f000-0000-7000-8000-000000000000": 5,
  "0199f000-0000-7000-8000-000000000001": 1,
  "order-1": 4,
};

it("puts a key where it has always lain", () => {
  const partition = partitionerFor(6)();
  const placed = Object.keys(golden).map((key) => [
    key,
    partition({
      topic: "order-events",
      partitionMetadata,
      message: { key, value: "" },
    }),
  ]);
  expect(Object.fromEntries(placed)).toEqual(golden);
});

it("puts no key into a topic with another number of partitions", () => {
  const partition = partitionerFor(7)();
  const message = { key: "order-1", value: "" };
  expect(() =>
    partition({ topic: "order-events", partitionMetadata, message }),
  ).toThrow(
    new WrongTopic("Topic order-events has 6 partitions but must have 7."),
  );
});
