/** Of this platform's processes alone, and of the chosen release where there are several. */
const chosen = 'job="cartwright", namespace=~"$namespace"';

/** A metric, perhaps with a selector, as it is asked for. */
export const ours = (series: string): string =>
  series.includes("{")
    ? series.replace("{", `{${chosen}, `)
    : `${series}{${chosen}}`;

/** Of a counter or a histogram's part: how much a second, by these labels. */
export const rate = (series: string, ...by: readonly string[]): string =>
  `sum${by.length > 0 ? ` by (${by.join(", ")})` : ""} (rate(${ours(series)}[$__rate_interval]))`;

/** Of a counter: how much in the last hour. */
export const lastHour = (series: string, ...by: readonly string[]): string =>
  `sum${by.length > 0 ? ` by (${by.join(", ")})` : ""} (increase(${ours(series)}[1h]))`;

/** Of a histogram without its `_bucket`, perhaps with a selector: the value that this share stays below. */
export function quantile(
  share: number,
  [name, selector]: readonly [name: string, selector?: string],
  ...by: readonly string[]
): string {
  const bucket = `${name}_bucket${selector ? `{${selector}}` : ""}`;
  return `histogram_quantile(${share}, ${rate(bucket, "le", ...by)})`;
}
