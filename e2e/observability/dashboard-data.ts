import assert from "node:assert/strict";
import { dashboards } from "../../scripts/dashboards/all.ts";
import type { Panel } from "../../scripts/dashboards/panel.ts";
import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import { query } from "./prometheus.ts";

/** Every expression of these panels of all dashboards, with what Grafana puts in. */
export const expressionsOf = (
  isMeant: (panel: Panel) => boolean,
): readonly string[] =>
  dashboards.flatMap(({ panels }) =>
    panels
      .filter(isMeant)
      .flatMap(({ queries }) =>
        queries.map(([expression]) =>
          expression
            .replaceAll("$__rate_interval", "1m")
            .replaceAll("$service", "order")
            .replaceAll("$namespace", ".*"),
        ),
      ),
  );

/** The zero that a panel shows where there is nothing to show. */
const fallback = " or vector(0)";

/** Waits until each has had data of its own; returns how many there are. */
export async function everyPanelHasData(prometheus: string): Promise<number> {
  const expressions = expressionsOf(() => true);
  const open = new Set(expressions.map((one) => one.replace(fallback, "")));
  await eventually(
    async () => {
      for (const expression of open)
        if (await hasData(prometheus, expression)) open.delete(expression);
      assert.deepEqual([...open], [], "These expressions have no data.");
    },
    { within: seconds(90), every: 2_000 },
  );
  return expressions.length;
}

async function hasData(
  prometheus: string,
  expression: string,
): Promise<boolean> {
  const points = await query(prometheus, expression);
  return points.some(({ value }) => value[1] !== "NaN");
}
