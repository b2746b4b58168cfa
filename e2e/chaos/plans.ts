import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { hitFile, holdFile, planFile, type Hit, type Plan } from "./arm.ts";
import type { Victim } from "./chaos.ts";

export type PlannedCrash = Omit<Plan, "wave"> & { readonly service: Victim };
/** Of a service, or of one process that has a name of its own (`CRASH_NAME`). */
type NamedCrash = Omit<Plan, "wave"> & { readonly service: string };

/** Tells running processes where to die, and reads what they leave behind. */
export type CrashPlans = {
  /** For every process of the platform. */
  readonly environment: Readonly<Record<string, string>>;
  /** At most one per service. */
  arm(wave: number, crashes: readonly NamedCrash[]): void;
  /** Forgets what was not reached. */
  disarm(crashes: readonly NamedCrash[]): void;
  /** The mark of this service in this wave, once it has been hit. */
  hit(wave: number, service: string): Hit | undefined;
  /** From now on processes of the service that are started wait at their very beginning, until `release`. */
  hold(service: Victim): void;
  release(service: Victim): void;
  stop(): Promise<void>;
};

export async function crashPlans(): Promise<CrashPlans> {
  const folder = await mkdtemp(join(tmpdir(), "cartwright-plans-"));
  const preloaded = pathToFileURL(join(import.meta.dirname, "arm.ts")).href;
  return {
    environment: {
      CRASH_PLANS: folder,
      NODE_OPTIONS: `--import=${preloaded}`,
    },
    arm(wave, crashes) {
      for (const { service, point, pass, signal } of crashes) {
        const plan: Plan = { wave, point, pass, signal };
        const draft = join(folder, `draft-${service}`);
        writeFileSync(draft, JSON.stringify(plan));
        renameSync(draft, planFile(folder, service)); // a reader sees all of it or none
      }
    },
    disarm(crashes) {
      for (const { service } of crashes)
        rmSync(planFile(folder, service), { force: true });
    },
    hit(wave, service) {
      try {
        const text = readFileSync(hitFile(folder, wave, service), "utf8");
        return text === "" ? undefined : (JSON.parse(text) as Hit);
      } catch {
        return undefined;
      }
    },
    hold: (service) => writeFileSync(holdFile(folder, service), ""),
    release: (service) => rmSync(holdFile(folder, service), { force: true }),
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}
