/** Of a counter or a histogram's part: how much a second, by these labels. */
export const rate = (metric: string, ...by: readonly string[]): string =>
  `sum${by.length > 0 ? ` by (${by.join(", ")})` : ""} (rate(${metric}[$__rate_interval]))`;

/** Of a histogram without its `_bucket`, perhaps with a selector: the value that this share stays below. */
export function quantile(
  share: number,
  [name, selector]: readonly [name: string, selector?: string],
  ...by: readonly string[]
): string {
  const bucket = `${name}_bucket${selector ? `{${selector}}` : ""}`;
  return `histogram_quantile(${share}, ${rate(bucket, "le", ...by)})`;
}
