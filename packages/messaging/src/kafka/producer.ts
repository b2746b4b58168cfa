import { minutes, seconds } from "@cartwright/kernel/duration";
import type { Kafka, Message, Producer } from "kafkajs";
import { WrongTopic, type BusRecord } from "../bus.ts";
import { partitionerFor } from "./partitioner.ts";
import { refusedRecordsIn } from "./refused-records-in.ts";

/** A broker that has just started, or a topic that was just made, says so once or twice and then no more. */
const missingForGood = 3;
const byAllInSync = { acks: -1, timeout: seconds(10) };

/**
 * Sends records in one request per broker. Not kafkajs's idempotent producer: with a lost
 * acknowledgement that one can drop a batch and report it sent (kafkajs#1005). Whoever publishes
 * awaits each batch before the next, so that order holds, and repeats after a failure.
 */
export function kafkaProducer(kafka: Kafka, partitions: number) {
  let current: Promise<Producer> | undefined;
  const missing = missingTopics();

  /** After a failure kafkajs may hold stale metadata or a dead connection: the next send starts afresh. */
  async function discard(failed: Promise<Producer>): Promise<void> {
    if (current === failed) current = undefined;
    await failed
      .then((producer) => producer.disconnect())
      .catch(() => undefined); // it never connected, or is gone already
  }

  return {
    async send(records: readonly BusRecord[]): Promise<void> {
      const connecting = (current ??= connect(kafka, partitions));
      try {
        const producer = await connecting;
        const topicMessages = byTopic(records);
        await producer.sendBatch({ ...byAllInSync, topicMessages });
        missing.none();
      } catch (error) {
        const refused = refusedRecordsIn(error);
        if (refused) throw refused; // by brokers that answer: their connections are sound
        await discard(connecting);
        throw missing.or(error, records);
      }
    },

    async connect(): Promise<void> {
      const connecting = (current ??= connect(kafka, partitions));
      try {
        await connecting;
      } catch (error) {
        await discard(connecting);
        throw error;
      }
    },

    async disconnect(): Promise<void> {
      if (current) await discard(current);
    },
  };
}

/** Tells a topic that is not there from a broker that does not know it yet. */
function missingTopics() {
  let inARow = 0;
  return {
    none: () => void (inARow = 0),
    /** The error, or what it means when it has come too often. */
    or(error: unknown, records: readonly BusRecord[]): unknown {
      inARow = isMissingTopic(error) ? inARow + 1 : 0;
      if (inARow < missingForGood) return error;
      const topics = [...new Set(records.map(({ topic }) => topic))];
      return new WrongTopic(
        `One of these topics is missing, and no producer creates it: ${topics.join(", ")}.`,
        { cause: error },
      );
    },
  };
}

async function connect(kafka: Kafka, partitions: number): Promise<Producer> {
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: partitionerFor(partitions),
    idempotent: false,
    // How late partitions that somebody adds are noticed.
    metadataMaxAge: minutes(1),
    // Kafkajs's own second try leaves out every broker that has answered the first: records whose partition has
    // moved there meanwhile are never sent, and the send succeeds. Whoever publishes repeats the whole batch.
    retry: { retries: 0 },
  });
  await producer.connect();
  return producer;
}

function isMissingTopic(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isIt = "type" in error && error.type === "UNKNOWN_TOPIC_OR_PARTITION";
  return isIt || isMissingTopic(error.cause);
}

function byTopic(records: readonly BusRecord[]) {
  const topics = new Map<string, Message[]>();
  for (const record of records) {
    const messages = topics.get(record.topic);
    if (messages) messages.push(record);
    else topics.set(record.topic, [record]);
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
}
