import { processingOf } from "./processing-of.ts";

const batch = {
  "messaging.system": "kafka",
  "messaging.operation.name": "process",
  "messaging.operation.type": "process",
  "messaging.consumer.group.name": "order",
};

it("names the topic of a batch that is from one", () => {
  const records = [{ topic: "order-events" }, { topic: "order-events" }];
  expect(processingOf("kafka", "order", records)).toEqual({
    ...batch,
    "messaging.destination.name": "order-events",
  });
});

it("names none where there are several", () => {
  const records = [{ topic: "order-events" }, { topic: "payment-events" }];
  expect(processingOf("kafka", "order", records)).toEqual(batch);
});
