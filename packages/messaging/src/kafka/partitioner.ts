import type { ICustomPartitioner } from "kafkajs";
import { WrongTopic } from "../bus.ts";
import { murmur2 } from "./codec/murmur2.ts";

/**
 * Places a record by its key, as Java's clients do, in topics of so many partitions. Where there are more
 * or fewer, the keys' records would lie apart from those before, and their order would be lost.
 */
export const partitionerFor =
  (partitions: number): ICustomPartitioner =>
  () =>
  ({ topic, partitionMetadata, message }) => {
    const found = partitionMetadata.length;
    if (found !== partitions)
      throw new WrongTopic(
        `Topic ${topic} has ${found} partitions but must have ${partitions}.`,
      );
    return (murmur2(String(message.key)) & 0x7fffffff) % partitions;
  };
