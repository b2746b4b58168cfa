import type { Queryable } from "@cartwright/database/tx";
import type { Sample } from "@cartwright/observability/scrape";

type Row = {
  readonly saga: string;
  readonly step: string | null;
  readonly status: string;
  readonly runs: number;
  readonly age: number;
};

/** Runs that have not ended have a time to wake at, and an index over it; the many that have ended have none. */
const reading = `SELECT saga, step, status, count(*)::int AS runs,
    extract(epoch FROM now() - min(step_since))::float8 AS age
  FROM saga_instances WHERE wake_at IS NOT NULL AND status IN ('running', 'compensating', 'stuck')
  GROUP BY saga, step, status`;

/** How many runs are at each step, for how long, and how many need a person. */
export async function sagaFigures(db: Queryable): Promise<Sample[]> {
  const rows = await db.query<Row>(reading);
  const stuck = rows.filter(({ status }) => status === "stuck");
  return [
    {
      name: "cartwright_sagas_stuck",
      labels: {},
      value: stuck.reduce((sum, { runs }) => sum + runs, 0),
    },
    ...rows.flatMap(({ saga, step, status, runs, age }): Sample[] => {
      const labels = { saga, step: step ?? "", status };
      return [
        { name: "cartwright_saga_runs", labels, value: runs },
        {
          name: "cartwright_saga_oldest_age_seconds",
          labels,
          value: Math.max(0, age),
        },
      ];
    }),
  ];
}
