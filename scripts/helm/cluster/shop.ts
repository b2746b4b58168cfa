import { root } from "../tools.ts";
import { shoppingOnALaptop } from "./guide.ts";
import { type, type Terminal } from "./reader.ts";

const asWritten = "http://localhost:8080";

/**
 * In one terminal what leads to the gateway and stays, in a second one what the page does on a laptop; what was said there.
 * @param reach what the page types in the first
 * @param port that it leads to the gateway from
 */
export function shopThrough(
  environment: Terminal["environment"],
  reach: string,
  port: number,
): Promise<string> {
  const here = `http://localhost:${port}`;
  const script = [
    "set -m", // a group of its own, to be ended as one
    `(\n${reach}\n) >&2 &`,
    "reaching=$!",
    'trap "kill -- -$reaching" EXIT',
    `curl -sf --retry 60 --retry-delay 1 --retry-connrefused -o /dev/null ${here}/health/ready`,
    shoppingOnALaptop()
      .replaceAll(asWritten, here)
      .replace("npm run demo", `npm run demo -- --url ${here}`),
  ];
  return type(
    { folder: root, environment: { ...environment, CARTWRIGHT_URL: here } },
    script.join("\n"),
  );
}
