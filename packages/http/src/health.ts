import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "@cartwright/kernel/duration";
import type { Part, PartHealth } from "@cartwright/kernel/part";
import type { Reply } from "./reply.ts";

export type HealthReport = {
  readonly status: PartHealth["status"];
  readonly parts: Readonly<Record<string, PartHealth>>;
};

const severity: readonly PartHealth["status"][] = [
  "up",
  "degraded",
  "failing",
  "dead",
];

/** How the parts are, and the worst of it. */
export async function healthOf(parts: readonly Part[]): Promise<HealthReport> {
  const reports = await Promise.all(
    parts
      .filter((part) => "health" in part)
      .map(async (part) => [part.name, await stateOf(part)] as const),
  );
  return {
    status: worst(reports.map(([, { status }]) => status)),
    parts: Object.fromEntries(reports),
  };
}

export const worst = (
  statuses: readonly PartHealth["status"][],
): PartHealth["status"] =>
  severity[
    Math.max(0, ...statuses.map((status) => severity.indexOf(status)))
  ] ?? "up";

/** Whoever asks has little patience, and takes silence for a process that hangs. */
const patience = seconds(1);

/** A part that is too busy to say how it is, for instance a pool of connections, is neither gone nor dead. */
const tooBusy: PartHealth = { status: "degraded", detail: "no answer in time" };

async function stateOf(part: Part): Promise<PartHealth> {
  const answered = new AbortController();
  try {
    const limit = sleep(patience, tooBusy, { signal: answered.signal });
    const state = Promise.resolve(part.health?.()).finally(() =>
      answered.abort(),
    );
    return (await Promise.race([state, limit])) ?? { status: "up" };
  } catch (error) {
    return {
      status: "failing",
      detail: error instanceof Error ? error.name : "unknown",
    };
  }
}

/** 503 takes the process out of service; `degraded` leaves it in. */
export const readyReply = (report: HealthReport): Reply => ({
  status:
    severity.indexOf(report.status) >= severity.indexOf("failing") ? 503 : 200,
  body: report,
});

/** 503 asks for a restart. */
export const liveReply = (report: HealthReport): Reply => ({
  status: report.status === "dead" ? 503 : 200,
  body: { status: report.status === "dead" ? "dead" : "up" },
});
