import { PassThrough } from "node:stream";
import { withCause } from "./context.ts";
import { createLogger, type Logger, type LogLevel } from "./logger.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

function aLogger(level: LogLevel = "info") {
  const stream = new PassThrough();
  const logger = createLogger({ service: "order", level, stream });
  const lines = (): Record<string, unknown>[] =>
    String(stream.read() ?? "")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logger, lines };
}

const logged = (write: (logger: Logger) => void): string => {
  const { logger, lines } = aLogger();
  write(logger);
  return JSON.stringify(lines());
};

it("writes one JSON line with time, level, service, message and fields", () => {
  const { logger, lines } = aLogger();

  logger.info("batch handled", { messages: 3 });

  expect(lines()).toEqual([
    {
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as unknown,
      level: "info",
      service: "order",
      message: "batch handled",
      messages: 3,
    },
  ]);
});

it("ties a line to the flow and the trace it was written for", async () => {
  const { logger, lines } = aLogger();
  const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;

  await withCause({ correlationId: "flow-1", traceparent }, async () => {
    await Promise.resolve();
    logger.warn("slow");
  });

  expect(lines()).toMatchObject([{ correlationId: "flow-1", traceId: TRACE }]);
});

it("says nothing below its level", () => {
  const { logger, lines } = aLogger("warn");
  logger.debug("no");
  logger.info("no");
  logger.error("yes");
  expect(lines()).toMatchObject([{ message: "yes" }]);
});

it("puts a child's fields on every line", () => {
  const { logger, lines } = aLogger();
  logger.child({ part: "relay", token: "t-1" }).info("woken", { rows: 2 });
  expect(lines()).toMatchObject([
    { part: "relay", token: "[redacted]", rows: 2 },
  ]);
});

it.each([
  "password",
  "newPassword",
  "accessToken",
  "refresh_token",
  "Authorization",
  "set-cookie",
  "clientSecret",
  "x-api-key",
  "email",
  "customerEmail",
  "phoneNumber",
  "cardNumber",
  "CVC",
  "postalCode",
])("never writes the value of %s", (key) => {
  const line = logged((logger) =>
    logger.info("seen", { request: [{ [key]: "canary" }] }),
  );
  expect(line).toContain(key);
  expect(line).not.toContain("canary");
});

it.each([
  ["an e-mail address", "Key (email)=(ann@example.com) exists", "example.com"],
  ["a token", "bad token eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "eyJ"],
  ["a card number", "declined 4111 1111 1111 1111", "1111"],
  ["a password in a URL", "no answer from postgres://a:b4c@db:5432", "b4c"],
])("masks %s inside messages and errors", (_what, text, canary) => {
  const line = logged((logger) => {
    logger.error(text, { error: new Error(text, { cause: new Error(text) }) });
  });
  expect(line).toContain("[redacted]");
  expect(line).not.toContain(canary);
});

it("spells out errors and survives cycles", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const line = logged((logger) =>
    logger.error("failed", { error: new TypeError("broken"), cyclic }),
  );
  expect(line).toContain("TypeError");
  expect(line).toContain("broken");
  expect(line).toContain("logger.test.ts");
});

it("writes twenty of two hundred like errors, and each line of what went well", () => {
  const { logger, lines } = aLogger();
  for (let n = 0; n < 200; n += 1) {
    logger.error("no broker", { n });
    logger.info("order placed", { n });
  }
  const byLevel = Map.groupBy(lines(), ({ level }) => level);
  expect(byLevel.get("error")).toHaveLength(20);
  expect(byLevel.get("info")).toHaveLength(200);
});
