import type { Platform } from "../support/platform.ts";
import {
  allProcesses,
  peakResident,
  proportional,
  resident,
  withDescendants,
} from "../support/processes.ts";

/** What a group of processes has used. */
export type Usage = {
  readonly name: string;
  /** Milliseconds of CPU so far. */
  readonly cpu: number;
  /** MiB that it holds now; for Postgres, shared memory once. */
  readonly memory: number;
  /** MiB that it ever held; for Postgres, what it holds now. */
  readonly peakMemory: number;
};

/** The platform's processes by name, Postgres and Kafka each as one. */
export async function usageOf(platform: Platform): Promise<Usage[]> {
  const backend = await backendOf(platform);
  const all = allProcesses();
  const postmaster = all.find(({ pid }) => pid === backend)?.parent ?? 0;
  const postgres = withDescendants(all, postmaster);
  const inPostgres = new Set(postgres.map(({ pid }) => pid));
  const others = withDescendants(all, platform.pid()).filter(
    ({ pid }) => !inPostgres.has(pid),
  );
  const memory = sum(postgres.map(({ pid }) => proportional(pid)));
  return [
    ...others.map((process) => ({
      name: nameOf(process.commandLine),
      cpu: process.cpu,
      memory: resident(process.pid),
      peakMemory: peakResident(process.pid),
    })),
    {
      name: "postgres",
      cpu:
        sum(postgres.map(({ cpu }) => cpu)) + (postgres[0]?.cpuOfChildren ?? 0),
      memory,
      peakMemory: memory,
    },
  ];
}

/** What was used between two looks; memory as it was at the second. */
export const usedBetween = (
  before: readonly Usage[],
  after: readonly Usage[],
): Usage[] =>
  after.map((usage) => {
    const earlier = before.find(({ name }) => name === usage.name);
    return { ...usage, cpu: usage.cpu - (earlier?.cpu ?? 0) };
  });

/** The process id of the broker that the platform started. */
export function kafkaPidOf(platform: Platform): number {
  const kafka = withDescendants(allProcesses(), platform.pid()).find(
    ({ commandLine }) => nameOf(commandLine) === "kafka",
  );
  if (!kafka) throw new Error("No Kafka is running.");
  return kafka.pid;
}

export const isNode = ({ name }: Pick<Usage, "name">): boolean =>
  name !== "postgres" && name !== "kafka";

export const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, number) => total + number, 0);

async function backendOf({ sql }: Platform): Promise<number> {
  const [backend] = await sql<{ pid: number }>(
    "SELECT pg_backend_pid() AS pid",
  );
  return backend?.pid ?? 0;
}

function nameOf(commandLine: string): string {
  if (/\bkafka\b.*\bKafka\b|kafka\.Kafka/.test(commandLine)) return "kafka";
  return /apps\/([\w-]+)\/src/.exec(commandLine)?.[1] ?? "start";
}
