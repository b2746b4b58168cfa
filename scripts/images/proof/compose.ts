import { root } from "../bundle.ts";
import { run } from "./shell.ts";

/** A service of the compose file as the client resolves it: what we look at. */
export type ComposeService = {
  readonly image: string;
  readonly build?: unknown;
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly restart?: string;
  readonly healthcheck?: { readonly start_interval?: string };
};

export type ComposeFile = {
  readonly services: Readonly<Record<string, ComposeService>>;
};

export type Compose = (
  args: readonly string[],
  options?: { readonly shown?: boolean },
) => Promise<string>;

type Project = {
  /** The path of docker-compose. */
  readonly client: string;
  readonly project: string;
  readonly environmentFile: string;
  readonly files?: readonly string[];
  /** Whose folders are mounted; this one unless given. */
  readonly checkout?: string;
  readonly dockerHost?: string;
};

/** The compose client for a project, by the files of this checkout. */
export const composeOf =
  ({ client, project, environmentFile, dockerHost, ...at }: Project): Compose =>
  (args, options) =>
    run(
      client,
      [
        ...[
          "--project-directory",
          at.checkout ?? root,
          "--project-name",
          project,
        ],
        ...["--env-file", environmentFile],
        ...(at.files ?? ["docker-compose.yml"]).flatMap((file) => ["-f", file]),
        ...args,
      ],
      {
        ...options,
        cwd: root,
        environment: {
          ...(dockerHost !== undefined && { DOCKER_HOST: dockerHost }),
          // Only the file decides, whatever the shell has.
          COMPOSE_PROFILES: undefined,
        },
      },
    );

/** The file as the client resolves it, with the services of some profiles. */
export async function resolved(
  compose: Compose,
  profiles: readonly string[],
): Promise<ComposeFile> {
  const chosen = profiles.flatMap((profile) => ["--profile", profile]);
  return JSON.parse(
    await compose([...chosen, "config", "--format", "json"]),
  ) as ComposeFile;
}
