import type { Platform } from "../support/platform.ts";
import {
  allProcesses,
  peakResident,
  proportional,
  withDescendants,
} from "../support/processes.ts";

/** What a group of processes has used. */
export type Usage = {
  readonly name: string;
  /** Milliseconds of CPU so far. */
  readonly cpu: number;
  /** MiB: the peak of Node and Kafka; for Postgres, what its processes hold now, shared memory once. */
  readonly memory: number;
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
  return [
    ...others.map((process) => ({
      name: nameOf(process.commandLine),
      cpu: process.cpu,
      memory: peakResident(process.pid),
    })),
    {
      name: "postgres",
      cpu:
        sum(postgres.map(({ cpu }) => cpu)) + (postgres[0]?.cpuOfChildren ?? 0),
      memory: sum(postgres.map(({ pid }) => proportional(pid))),
    },
  ];
}

const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, number) => total + number, 0);

async function backendOf({ sql }: Platform): Promise<number> {
  const [backend] = await sql<{ pid: number }>(
    "SELECT pg_backend_pid() AS pid",
  );
  return backend?.pid ?? 0;
}

function nameOf(commandLine: string): string {
  if (/\bkafka\b.*\bKafka\b|kafka\.Kafka/.test(commandLine)) return "kafka";
  return /apps\/([\w-]+)\/src/.exec(commandLine)?.[1] ?? "node";
}
