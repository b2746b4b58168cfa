import * as real from "@cartwright/messaging/kafka-bus";
import { duplicatingBus } from "@cartwright/testing/duplicating-bus";

console.log("every message is delivered twice");

export const kafkaBus: typeof real.kafkaBus = (options) =>
  duplicatingBus(real.kafkaBus(options));
