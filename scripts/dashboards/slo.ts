import { ours } from "./expressions.ts";
import type { Dashboard, Panel } from "./panel.ts";

const objectives = [
  ["accepted", "Orders accepted", 0.001],
  ["answered", "Orders answered within 500 ms", 0.01],
  ["confirmed", "Orders confirmed within 5 s", 0.01],
] as const;

/** For each promise: how it is kept now, how fast its budget burns, and what is left of it after three days. */
export const slo: Dashboard = {
  uid: "slo",
  title: "SLO",
  panels: objectives.flatMap(([name, title, budget]): Panel[] => {
    const missed = (span: string) =>
      ours(`slo:order_${name}:missed_ratio${span}`);
    return [
      {
        title,
        unit: "percentunit",
        stat: true,
        queries: [[`1 - ${missed("1h")}`, "in an hour"]],
      },
      {
        title: `${title}: budget burnt`,
        unit: "short",
        queries: ["5m", "1h", "6h"].map((span) => [
          `${missed(span)} / ${budget}`,
          `times too fast, over ${span}`,
        ]),
      },
      {
        title: `${title}: share of the budget of three days`,
        unit: "percentunit",
        queries: [[`clamp_min(1 - ${missed("3d")} / ${budget}, 0)`, "left"]],
      },
    ];
  }),
};
