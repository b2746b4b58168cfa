import assert from "node:assert/strict";
import { dashboards } from "../../scripts/dashboards/all.ts";
import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import { query } from "./prometheus.ts";

/** Every expression of every dashboard, with what Grafana puts in. */
const expressions: readonly string[] = dashboards.flatMap(({ panels }) =>
  panels.flatMap(({ queries }) =>
    queries.map(([expression]) =>
      expression
        .replaceAll("$__rate_interval", "1m")
        .replaceAll("$service", "order"),
    ),
  ),
);

/** Waits until each of them has data; returns how many there are. */
export async function everyPanelHasData(prometheus: string): Promise<number> {
  await eventually(
    async () => {
      const empty: string[] = [];
      for (const expression of expressions) {
        const points = await query(prometheus, expression);
        const hasNumber = points.some(({ value }) => value[1] !== "NaN");
        if (!hasNumber) empty.push(expression);
      }
      assert.deepEqual(empty, [], "These expressions have no data.");
    },
    { within: seconds(90), every: 2_000 },
  );
  return expressions.length;
}
