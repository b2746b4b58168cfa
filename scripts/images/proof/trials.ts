import { join } from "node:path";
import { freePorts } from "@cartwright/testing/free-ports";
import { root } from "../bundle.ts";
import { buildDevelopment } from "./build.ts";
import { composeOf } from "./compose.ts";
import { inProduction, live, type Trial } from "./live.ts";
import { checkoutIn, developer, whileChanging } from "./reload.ts";
import { run, say } from "./shell.ts";

type Means = {
  /** For files that are needed meanwhile. */
  readonly folder: string;
  /** The path of docker-compose. */
  readonly client: string;
  /** A compose file that comes after all others. */
  readonly override: string;
  readonly dockerHost: string;
};

type Attempt = {
  readonly profiles: string;
  readonly files: readonly string[];
  readonly checkout?: string;
  /** What `.env` is given besides. */
  readonly settings?: readonly string[];
  readonly use: (trial: Trial) => Promise<void>;
};

const production = "docker-compose.yml";
const development = "docker-compose.dev.yml";

/** Brings up, one after the other, what an operator runs, what somebody tries out, and what a developer changes. */
export async function tryAll(means: Means): Promise<void> {
  const files = [production];
  const use = inProduction;
  await attempt(means, { profiles: "core,demo", files, use });
  await attempt(means, {
    ...{ profiles: "single", files, use },
    settings: ["DEMO_SHOP=true"],
  });
  await tryDevelopment(means);
}

/** With a copy of the checkout, since it is written to. */
async function tryDevelopment(means: Means): Promise<void> {
  await buildDevelopment("docker.io/cartwright/development:local");
  const checkout = await checkoutIn(means.folder);
  await attempt(means, {
    ...{ profiles: "core,demo", files: [production, development] },
    ...{ checkout, use: whileChanging(checkout) },
  });
}

async function attempt(
  { folder, override, ...means }: Means,
  { profiles, files, use, settings = [], ...at }: Attempt,
): Promise<void> {
  say(`Bringing up ${profiles} of ${files.join(" and ")}`);
  const port = await freePorts(1);
  const environmentFile = join(folder, `${port}.env`);
  await writeEnvironment(environmentFile, profiles, [
    `GATEWAY_PORT=${port}`,
    ...settings,
  ]);
  const project = `cartwright-${profiles.split(",")[0]}-${process.pid}`;
  const compose = composeOf({
    ...{ ...means, ...at, project, environmentFile },
    files: [...files, override],
  });
  await live({ compose, project, api: `http://127.0.0.1:${port}/api/v1` }, use);
}

/** A `.env` file with new secrets. */
export const writeEnvironment = (
  file: string,
  profiles: string,
  settings: readonly string[] = [],
): Promise<string> =>
  run(process.execPath, [
    join(root, "scripts/images/generate-env.mjs"),
    ...["--file", file, `COMPOSE_PROFILES=${profiles}`],
    ...[`DEVELOPER=${developer}`, ...settings],
  ]);
