import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { crashPlans, type CrashPlans } from "./plans.ts";

/** Passes one point five times and says how far it came. */
const passing = `
  import { crashPoint } from ${JSON.stringify(kernelFile())};
  for (let pass = 1; pass <= 5; pass += 1) {
    crashPoint("relay.after-publish");
    console.log(pass);
  }`;

function kernelFile(): string {
  const file = "../../packages/kernel/src/crash-point.ts";
  return pathToFileURL(join(import.meta.dirname, file)).href;
}

let root: string;
let plans: CrashPlans;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "cartwright-armed-"));
  for (const service of ["order", "payment"]) {
    mkdirSync(join(root, "apps", service, "src"), { recursive: true });
    writeFileSync(join(root, "apps", service, "src/main.ts"), passing);
  }
  plans = await crashPlans();
});
afterAll(async () => {
  rmSync(root, { recursive: true });
  await plans.stop();
});

const run = (service: string, environment = {}) =>
  spawnSync(process.execPath, [join(root, "apps", service, "src/main.ts")], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...plans.environment, ...environment },
  });

it("kills the service at the wanted pass, leaves a mark, and lets the next process live", () => {
  plans.arm(1, [
    {
      service: "order",
      point: "relay.after-publish",
      pass: 3,
      signal: "SIGKILL",
    },
  ]);
  expect(plans.hit(1, "order")).toBeUndefined();
  const { signal, stdout } = run("order");
  expect(signal).toBe("SIGKILL");
  expect(stdout).toBe("1\n2\n");
  expect(plans.hit(1, "order")).toMatchObject({
    wave: 1,
    service: "order",
    point: "relay.after-publish",
  });
  expect(run("order").status).toBe(0);
});

it("leaves alone other services, other points and what is disarmed", () => {
  const crash = {
    service: "order",
    point: "relay.after-delete",
    pass: 1,
    signal: "SIGKILL",
  } as const;
  plans.arm(2, [crash]);
  expect(run("order").status).toBe(0);
  expect(run("payment").status).toBe(0);
  plans.arm(3, [{ ...crash, point: "relay.after-publish" }]);
  plans.disarm([crash]);
  expect(run("order").status).toBe(0);
});

it("does not start at all in production", () => {
  const { status, stderr } = run("order", { NODE_ENV: "production" });
  expect(status).not.toBe(0);
  expect(stderr).toContain("refused in production");
});
