import { mendedElsewhere } from "./crash.ts";

const named = (name: string, message: string, more = {}) =>
  Object.assign(new Error(message), { name, ...more });

describe("what is mended elsewhere", () => {
  it("is a codec that we lack, also behind kafkajs's wrapping", () => {
    const cause = named(
      "KafkaJSNotImplemented",
      "LZ4 compression not implemented",
    );
    expect(mendedElsewhere(new Error("crash", { cause }))).toBe(
      "A producer compresses with a codec that cannot be read here (LZ4 compression not implemented); gzip and zstd can.",
    );
  });

  it("is a topic that is missing", () => {
    const type = "UNKNOWN_TOPIC_OR_PARTITION";
    expect(
      mendedElsewhere(named("KafkaJSProtocolError", "x", { type })),
    ).toContain("A topic is missing");
  });

  it.each([
    new TypeError("x is not a function"),
    named(
      "KafkaJSGroupCoordinatorNotFound",
      "Failed to find group coordinator",
    ),
    named("KafkaJSConnectionError", "Connection timeout"),
  ])("is not %s", (error) => {
    expect(mendedElsewhere(error)).toBeUndefined();
  });
});
