import type { PastSpan } from "@cartwright/observability/tracing";
import type { SagaLogLine } from "./instance.ts";

/** A line of the log, and when it was written. */
export type TimedLine = Pick<SagaLogLine, "step" | "entry" | "detail"> & {
  readonly at: Date;
};

const begins = { sent: "step", "undo-sent": "undo" } as const;
const ends: ReadonlySet<SagaLogLine["entry"]> = new Set([
  ...(["done", "refused", "timed-out", "skipped"] as const),
  ...(["undone", "undo-refused", "closed"] as const),
]);
const failures: ReadonlySet<string> = new Set([
  ...["refused", "timed-out", "undo-refused", "compensated"],
]);

/** A run as its log tells it: the whole, then each step and each undo. Nothing for an empty log. */
export function pastSpans(
  saga: string,
  lines: readonly TimedLine[],
): PastSpan[] {
  const [first] = lines;
  const last = lines.at(-1);
  if (first === undefined || last === undefined) return [];
  const steps = lines.flatMap((line, n): PastSpan[] => {
    if (line.entry !== "sent" && line.entry !== "undo-sent") return [];
    const end = lines
      .slice(n + 1)
      .find(({ step, entry }) => step === line.step && ends.has(entry));
    return [
      spanOf(`${begins[line.entry]} ${line.step ?? ""}`, line, end ?? last),
    ];
  });
  return [spanOf(`run ${saga}`, first, last), ...steps];
}

function spanOf(name: string, from: TimedLine, to: TimedLine): PastSpan {
  const { entry, detail } = to;
  const failed = failures.has(entry);
  return {
    name,
    startTime: from.at,
    endTime: to.at,
    failed,
    attributes: {
      "cartwright.saga.entry": entry,
      ...(detail !== null && { "cartwright.saga.detail": detail }),
      ...(failed && { "error.type": detail ?? entry }),
    },
  };
}
