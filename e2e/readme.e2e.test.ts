import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { seconds } from "@cartwright/kernel/duration";
import { startPlatform, type Platform } from "./support/platform.ts";

/** What the README tells a reader to do, done. */
const root = join(import.meta.dirname, "..");
let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform({ mode: "embedded", processes: 1 });
}, seconds(120));

afterAll(() => platform.stop());

function run(command: string, ...args: string[]) {
  const options = {
    cwd: root,
    encoding: "utf8",
    timeout: seconds(60),
  } as const;
  const { status, stdout, stderr } = spawnSync(command, args, options);
  return { status, output: stdout + stderr };
}

const orderByHand = () =>
  /## Place an order by hand\s+```bash\n(.*?)```/s
    .exec(readFileSync(join(root, "README.md"), "utf8"))?.[1]
    ?.replace("http://localhost:8080", platform.url)
    // A reader looks again when a second was too short.
    .replace(
      /sleep 1; (.*)/,
      `until $1 | grep '"status":"confirmed"'; do sleep 1; done`,
    ) ?? "";

it("places an order with the commands of the README", () => {
  const { output } = run("bash", "-c", orderByHand());

  expect(output).toContain('"status":"confirmed"');
});

it("plays five orders to the ends they should come to", () => {
  const { status, output } = run(
    process.execPath,
    "scripts/demo.ts",
    ...["--url", platform.url],
  );

  expect(output.match(/✓ (confirmed|cancelled)/g)).toEqual([
    "✓ confirmed",
    "✓ cancelled",
    "✓ cancelled",
    "✓ cancelled",
    "✓ cancelled",
  ]);
  expect(status).toBe(0);
});

it("says what to do when there is no platform to play on", () => {
  const { status, output } = run(
    process.execPath,
    "scripts/demo.ts",
    ...["--url", "http://127.0.0.1:1"],
  );

  expect(output).toContain("npm start");
  expect(status).toBe(1);
});
