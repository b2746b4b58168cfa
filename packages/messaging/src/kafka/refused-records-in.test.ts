import { KafkaJSConnectionError, KafkaJSNonRetriableError } from "kafkajs";
import { WrongTopic } from "../bus.ts";
import { refusedRecordsIn } from "./refused-records-in.ts";

const refusalIn = (error: unknown) => refusedRecordsIn(error)?.message;

/** A broker's answer, as kafkajs throws it. */
const answer = (type: string) =>
  Object.assign(new Error("The server says so"), { type });

const wrapped = (cause: Error) =>
  Object.assign(new KafkaJSNonRetriableError(cause.message), { cause });

const encoding = (work: () => unknown): Error => {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("It was encoded.");
};

it.each([
  "MESSAGE_TOO_LARGE",
  "RECORD_LIST_TOO_LARGE",
  "INVALID_RECORD",
  "INVALID_TOPIC_EXCEPTION",
])("hears in %s that a record is refused for good", (type) => {
  const sentence = `${type}: The server says so.`;
  expect(refusalIn(answer(type))).toBe(sentence);
  expect(refusalIn(wrapped(answer(type)))).toBe(sentence);
});

it.each([
  encoding(() => Buffer.alloc(2).writeInt16BE(70_000)),
  encoding(() => Buffer.from(5 as unknown as string)),
])("hears that a record cannot be encoded: %s", (error) => {
  expect(refusalIn(wrapped(error))).toContain("It cannot be encoded: ");
});

it.each([
  answer("NOT_ENOUGH_REPLICAS"),
  answer("REQUEST_TIMED_OUT"),
  answer("UNKNOWN_TOPIC_OR_PARTITION"),
  answer("TOPIC_AUTHORIZATION_FAILED"),
  answer("INVALID_TIMESTAMP"),
  wrapped(new WrongTopic("Topic t has 3 partitions but must have 6.")),
  new KafkaJSConnectionError("Connection timeout", { broker: "b:1" }),
  new TypeError("Cannot read properties of undefined"),
  "no error",
])("takes %s for no word about the records", (error) => {
  expect(refusalIn(error)).toBeUndefined();
});
