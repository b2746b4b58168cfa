/** A series and its value, as an instant query answers. */
export type Point = {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
};

export async function query(url: string, expression: string): Promise<Point[]> {
  const answer = await fetch(`${url}/api/v1/query`, {
    method: "POST",
    body: new URLSearchParams({ query: expression }),
  });
  const { data, error } = (await answer.json()) as {
    data?: { result: Point[] };
    error?: string;
  };
  if (data === undefined) throw new Error(`${expression}: ${String(error)}`);
  return data.result;
}

/** The alerts that fire, by name; those that may soon are left out. */
export async function firing(url: string): Promise<string[]> {
  const points = await query(url, 'ALERTS{alertstate="firing"}');
  return [...new Set(points.map(({ metric }) => metric["alertname"] ?? ""))];
}
