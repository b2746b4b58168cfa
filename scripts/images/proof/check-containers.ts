import { podman } from "./infra.ts";

type Inspected = {
  readonly Name: string;
  readonly ImageName: string;
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly Health?: { readonly Status: string };
  };
};

const label = (project: string) =>
  `label=com.docker.compose.project=${project}`;

/** All containers of a project, stopped ones with them. */
export async function containersOf(
  project: string,
): Promise<readonly Inspected[]> {
  const ids = await podman("ps", "-aq", "--filter", label(project));
  if (ids === "") return [];
  return JSON.parse(await podman("inspect", ...ids.split("\n"))) as Inspected[];
}

const isOurs = ({ ImageName }: Inspected) => ImageName.includes("/cartwright/");

/** Every service runs, is healthy, is nobody in particular and cannot write; every job has ended well. */
export async function checkRunning(project: string): Promise<number> {
  const containers = await containersOf(project);
  for (const { Name, State } of containers)
    if (State.Status === "running" ? !isHealthy(State) : State.ExitCode !== 0)
      throw new Error(
        `${Name} is ${State.Status} (${State.ExitCode}), ${State.Health?.Status ?? "never asked"}.`,
      );
  const ours = containers.filter(isOurs).filter(isRunning);
  for (const { Name } of ours) await checkFromWithin(Name);
  return ours.length;
}

const isRunning = ({ State }: Inspected) => State.Status === "running";

const isHealthy = ({ Health }: Inspected["State"]) =>
  Health?.Status === "healthy";

async function checkFromWithin(name: string): Promise<void> {
  const program = `process.getuid() === 0 || require("node:fs").writeFileSync("/app/x", "")`;
  const said = await podman(
    ...["exec", name, "/usr/local/bin/node", "--eval", program],
  ).catch(String);
  if (!said.includes("EROFS"))
    throw new Error(`${name} is root or may write to /app: ${said}`);
}

/** Services that were told to stop have done so by themselves, in time and in good order. */
export async function checkStopped(project: string): Promise<void> {
  const bad = (await containersOf(project))
    .filter(isOurs)
    .filter(({ State }) => State.Status !== "exited" || State.ExitCode !== 0);
  if (bad.length > 0)
    throw new Error(
      `Did not stop well: ${bad.map(({ Name, State }) => `${Name} (${State.Status}, ${State.ExitCode})`).join(", ")}.`,
    );
}

/** No container, volume or network of the project is left. */
export async function checkGone(project: string): Promise<void> {
  const left = [
    await podman("ps", "-aq", "--filter", label(project)),
    await podman("volume", "ls", "-q", "--filter", label(project)),
    await podman("network", "ls", "-q", "--filter", label(project)),
  ].filter(Boolean);
  if (left.length > 0) throw new Error(`Left behind: ${left.join(", ")}.`);
}
