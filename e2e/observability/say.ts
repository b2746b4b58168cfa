const begun = performance.now();

/** A line of the report, with the seconds since the start. */
export function say(sentence: string): void {
  const at = ((performance.now() - begun) / 1_000).toFixed(1);
  console.log(`${at.padStart(6)} s  ${sentence}`);
}
