import { Partitioners, type ICustomPartitioner } from "kafkajs";
import { WrongTopic } from "../bus.ts";

/**
 * Places a record by its key, as Java's clients do, in topics of so many partitions. Where there are more
 * or fewer, the keys' records would lie apart from those before, and their order would be lost.
 */
export const partitionerFor =
  (partitions: number): ICustomPartitioner =>
  () => {
    const place = Partitioners.DefaultPartitioner();
    return (record) => {
      const found = record.partitionMetadata.length;
      if (found === partitions) return place(record);
      throw new WrongTopic(
        `Topic ${record.topic} has ${found} partitions but must have ${partitions}.`,
      );
    };
  };
