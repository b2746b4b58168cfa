import { PassThrough } from "node:stream";
import { withCause } from "@cartwright/observability/context";
import { createLogger } from "@cartwright/observability/logger";
import { histogram } from "@cartwright/observability/metrics";
import { metricsAsText } from "@cartwright/observability/scrape";
import {
  dataSource,
  exemplarLabel,
  linesOfTrace,
  setting,
} from "./provisioning.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;

/** Where a link of a data source leads to. */
const target = (name: string, pattern: RegExp): string => {
  const uid = setting(name, pattern);
  return (
    ["Prometheus", "Jaeger", "Loki"].find((other) =>
      dataSource(other).includes(`\n    uid: ${uid}\n`),
    ) ?? `nothing named ${uid}`
  );
};

it("leads from an exemplar to its trace", async () => {
  histogram("cartwright_order_confirmation_duration_seconds").observe(
    1,
    {},
    traceparent,
  );
  expect(await metricsAsText()).toContain(
    `# {${exemplarLabel()}="${TRACE}"} 1 `,
  );
  expect(
    target(
      "Prometheus",
      /exemplarTraceIdDestinations:\s+- \{.*datasourceUid: (\w+)/,
    ),
  ).toBe("Jaeger");
});

it("leads from a trace to its logs", () => {
  expect(target("Jaeger", /tracesToLogsV2:\s+datasourceUid: (\w+)/)).toBe(
    "Loki",
  );
  expect(linesOfTrace(TRACE)).toBe(
    `{service_name=~".+"} | traceId="${TRACE}" or trace_id="${TRACE}"`,
  );
});

it("leads from a log line to its trace", () => {
  const stream = new PassThrough();
  const logger = createLogger({ service: "order", level: "info", stream });
  withCause({ correlationId: "flow", traceparent }, () => logger.info("seen"));
  const pattern = setting("Loki", /matcherRegex: ('"traceId".*'),/);
  expect(new RegExp(pattern).exec(String(stream.read()))?.[1]).toBe(TRACE);
  const fields = dataSource("Loki").split("matcherRegex").slice(1);
  expect(fields).toHaveLength(2);
  for (const field of fields) {
    expect(field).toContain("datasourceUid: jaeger,");
    expect(field).toContain('url: "$${__value.raw}"');
  }
  expect(target("Loki", /datasourceUid: (\w+)/)).toBe("Jaeger");
});
