import { styleText } from "node:util";

/** A line about the start as a whole, with the seconds since its beginning. */
export function say(sentence: string): void {
  const at = `${(performance.now() / 1_000).toFixed(1)} s`;
  console.log(`${styleText("dim", at.padStart(6))}  ${sentence}`);
}
