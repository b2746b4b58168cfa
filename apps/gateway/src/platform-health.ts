import { readyReply, worst, type HealthReport } from "@cartwright/http/health";
import type { Reply } from "@cartwright/http/reply";
import type { Logger } from "@cartwright/observability/logger";
import { ofEach, type Upstreams } from "./of-each.ts";

type Reports = Readonly<Record<string, HealthReport>>;

const silent: HealthReport = {
  status: "failing",
  parts: { http: { status: "failing" } },
};

/**
 * Every service's readiness, and the worst of them. Anybody may ask, so it says how the parts are and not why: addresses
 * and users stand in errors. Those are logged, when they are news.
 */
export function platformHealth(
  upstreams: Upstreams,
  logger: Logger,
): () => Promise<Reply> {
  const log = loggingNews(logger);
  return async () => {
    const reports = await ofEach(upstreams, (upstream) =>
      upstream.health().catch(() => silent),
    );
    log(reports);
    const status = worst(Object.values(reports).map((report) => report.status));
    const services = withoutReasons(reports);
    return { ...readyReply({ status, parts: {} }), body: { status, services } };
  };
}

const withoutReasons = (reports: Reports): Reports =>
  mapped(reports, ({ status, parts }) => ({
    status,
    parts: mapped(parts, (part) => ({ status: part.status })),
  }));

function loggingNews(logger: Logger): (reports: Reports) => void {
  let known = "{}";
  return (reports) => {
    const unwell = unwellIn(reports);
    const now = JSON.stringify(unwell);
    if (now === known) return;
    known = now;
    if (now === "{}") logger.info("all services are well again");
    else logger.warn("services are not well", { services: unwell });
  };
}

/** The parts that are not up, of the services that have such. */
function unwellIn(reports: Reports): Reports {
  const unwell = Object.entries(reports).map(([name, report]) => {
    const parts = Object.entries(report.parts).filter(
      ([, { status }]) => status !== "up",
    );
    return [name, { ...report, parts: Object.fromEntries(parts) }] as const;
  });
  return Object.fromEntries(unwell.filter(([, { status }]) => status !== "up"));
}

const mapped = <From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, change(value)]),
  );
