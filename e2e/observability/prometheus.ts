import assert from "node:assert/strict";
import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";

/** A series and its value, as an instant query answers. */
export type Point = {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
};

export async function query(url: string, expression: string): Promise<Point[]> {
  const { result } = await ask<{ result: Point[] }>(`${url}/api/v1/query`, {
    query: expression,
  });
  return result;
}

async function ask<Data>(
  url: string,
  parameters: { readonly query: string; readonly [name: string]: string },
): Promise<Data> {
  const body = new URLSearchParams(parameters);
  const answer = await fetch(url, { method: "POST", body });
  const { data, error } = (await answer.json()) as {
    data?: Data;
    error?: string;
  };
  if (data === undefined)
    throw new Error(`${parameters.query}: ${String(error)}`);
  return data;
}

/** The alerts that fire, by name; those that may soon are left out. Not the one that always does, which must be there. */
export async function firing(url: string): Promise<string[]> {
  const points = await query(url, 'ALERTS{alertstate="firing"}');
  const names = new Set(points.map(({ metric }) => metric["alertname"] ?? ""));
  assert.ok(names.delete("Watchdog"), "Alerts are evaluated.");
  return [...names];
}

/** A value that was seen in a series, and what it came with. */
export type Exemplar = {
  readonly series: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
};

/** The exemplars of the series that an expression reads, as Grafana asks for them. */
export async function exemplarsOf(
  url: string,
  expression: string,
  since: Date,
): Promise<Exemplar[]> {
  type Found = {
    readonly seriesLabels: Exemplar["series"];
    readonly exemplars: readonly Pick<Exemplar, "labels">[];
  };
  const data = await ask<Found[]>(`${url}/api/v1/query_exemplars`, {
    query: expression,
    start: since.toISOString(),
    end: new Date().toISOString(),
  });
  return data.flatMap(({ seriesLabels, exemplars }) =>
    exemplars.map(({ labels }) => ({ series: seriesLabels, labels })),
  );
}

/** Waits until each of these has a value. */
export const untilShown = (
  url: string,
  expressions: readonly string[],
): Promise<void> =>
  eventually(
    async () => {
      for (const expression of expressions)
        assert.notEqual((await query(url, expression)).length, 0, expression);
    },
    { within: seconds(30), every: 500 },
  );
