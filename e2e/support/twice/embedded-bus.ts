import * as real from "@cartwright/messaging/embedded-bus";
import { duplicatingBus } from "@cartwright/testing/duplicating-bus";

console.log("every message is delivered twice");

export function embeddedBus(
  options: Parameters<typeof real.embeddedBus>[0],
): real.EmbeddedBus {
  const bus = real.embeddedBus(options);
  return { ...bus, ...duplicatingBus(bus) };
}
