import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
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

it("fills the memory of a process that has a name of its own, which ends it", () => {
  const name = "order-small";
  plans.arm(4, [
    { service: name, point: "relay.after-publish", pass: 2, signal: "SIGABRT" },
  ]);
  const NODE_OPTIONS = `${plans.environment["NODE_OPTIONS"]} --max-old-space-size=32`;
  const { signal, stdout, stderr } = run("order", {
    CRASH_NAME: name,
    NODE_OPTIONS,
  });
  expect(signal).toBe("SIGABRT");
  expect(stdout).toBe("1\n");
  expect(stderr).toContain("heap out of memory");
  expect(run("order").status).toBe(0);
});

it("lets nothing of a service begin while it is held, which a signal still ends", async () => {
  plans.hold("order");
  const environment = { PATH: process.env["PATH"], ...plans.environment };
  const begun = [1, 2].map(() =>
    spawn(process.execPath, [join(root, "apps/order/src/main.ts")], {
      env: environment,
      stdio: ["ignore", "pipe", "ignore"],
    }),
  );
  const [ended, awaited] = begun.map(async (child) => {
    const [stdout, [code, signal]] = await Promise.all([
      text(child.stdout),
      once(child, "exit") as Promise<[number | null, string | null]>,
    ]);
    return { stdout, code, signal };
  });
  expect(run("payment").status).toBe(0);
  begun[0]?.kill("SIGTERM");
  expect(await ended).toEqual({ stdout: "", code: null, signal: "SIGTERM" });
  plans.release("order");
  expect(await awaited).toMatchObject({ code: 0, signal: null });
});

it("does not start at all in production", () => {
  const { status, stderr } = run("order", { NODE_ENV: "production" });
  expect(status).not.toBe(0);
  expect(stderr).toContain("refused in production");
});
