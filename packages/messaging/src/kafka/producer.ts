import { seconds } from "@cartwright/kernel/duration";
import { Partitioners, type Kafka, type Producer } from "kafkajs";
import type { BusRecord } from "../bus.ts";

/**
 * Sends records in one request per broker. Not kafkajs's idempotent producer: with a lost
 * acknowledgement that one can drop a batch and report it sent (kafkajs#1005). Whoever publishes
 * awaits each batch before the next, so that order holds, and repeats after a failure.
 */
export function kafkaProducer(kafka: Kafka) {
  let current: Promise<Producer> | undefined;

  /** After a failure kafkajs may hold stale metadata or a dead connection: the next send starts afresh. */
  async function discard(failed: Promise<Producer>): Promise<void> {
    if (current === failed) current = undefined;
    await failed
      .then((producer) => producer.disconnect())
      .catch(() => undefined); // it never connected, or is gone already
  }

  return {
    async send(records: readonly BusRecord[]): Promise<void> {
      const connecting = (current ??= connect(kafka));
      try {
        const producer = await connecting;
        await producer.sendBatch({
          acks: -1,
          timeout: seconds(10),
          topicMessages: byTopic(records),
        });
      } catch (error) {
        await discard(connecting);
        throw error;
      }
    },

    async connect(): Promise<void> {
      const connecting = (current ??= connect(kafka));
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

async function connect(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    idempotent: false,
    retry: { retries: 3 },
  });
  await producer.connect();
  return producer;
}

function byTopic(records: readonly BusRecord[]) {
  const topics = new Map<string, Omit<BusRecord, "topic">[]>();
  for (const { topic, ...message } of records) {
    const messages = topics.get(topic);
    if (messages) messages.push(message);
    else topics.set(topic, [message]);
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
}
