import type { Kafka, ProducerBatch, ProducerConfig } from "kafkajs";
import { kafkaProducer } from "./producer.ts";

/** A client that keeps what producers are made and sent with. */
function aClient() {
  const made: ProducerConfig[] = [];
  const sent: ProducerBatch[] = [];
  const producer = {
    connect: () => Promise.resolve(),
    disconnect: () => Promise.resolve(),
    sendBatch: (batch: ProducerBatch) => {
      sent.push(batch);
      return Promise.resolve([]);
    },
  };
  const kafka = {
    producer: (config: ProducerConfig) => {
      made.push(config);
      return producer;
    },
  } as unknown as Kafka;
  return { kafka, made, sent };
}

it("is not idempotent, repeats nothing by itself, and waits for every replica in sync", async () => {
  const { kafka, made, sent } = aClient();
  await kafkaProducer(kafka, 3).send([
    { topic: "order-events", key: "k", value: "{}", headers: {} },
  ]);
  expect(made).toEqual([
    expect.objectContaining({
      ...{ idempotent: false, retry: { retries: 0 } },
      allowAutoTopicCreation: false,
    }),
  ]);
  expect(sent).toEqual([expect.objectContaining({ acks: -1 })]);
});
