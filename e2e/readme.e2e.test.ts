import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { seconds } from "@cartwright/kernel/duration";
import { codeBlocks } from "./support/code-blocks.ts";
import { startPlatform, type Platform } from "./support/platform.ts";
import { runShell } from "./support/shell.ts";

/** What README and "Getting started" tell a reader to do, done. */
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

/** The blocks of the laptop's section that a shell can run by itself, in their order. */
function onALaptop(): string {
  const text = readFileSync(join(root, "docs/getting-started.md"), "utf8");
  const [, section = ""] = /## On a laptop\n(.*?)\n## /s.exec(text) ?? [];
  return codeBlocks(section, "bash")
    .join("\n")
    .replaceAll("http://localhost:8080", platform.url)
    .replace("npm run demo", `npm run demo -- --url ${platform.url}`);
}

it(
  "comes from a start to a confirmed order by the page for beginners",
  async () => {
    const script = `set -e\n${onALaptop()}`;
    const { status, output } = await runShell(script, {
      CARTWRIGHT_URL: platform.url,
    });

    expect(output.match(/✓ (confirmed|cancelled)/g)).toHaveLength(5);
    expect(output).toContain('"status":"confirmed"');
    expect(output).toContain("capture-payment");
    expect(output).toContain("place-order");
    expect(status).toBe(0);
  },
  seconds(120),
);

it("says what to do when there is no platform to play on", () => {
  const { status, output } = run(
    process.execPath,
    "scripts/demo.ts",
    ...["--url", "http://127.0.0.1:1"],
  );

  expect(output).toContain("npm start");
  expect(status).toBe(1);
});
