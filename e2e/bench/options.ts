import { parseArgs } from "node:util";
import type { Mode } from "../support/platform.ts";

/** What is measured: which mode, in one process or in nine. */
export type Subject = { readonly mode: Mode; readonly processes: 1 | 9 };

/** How the platform is loaded. */
export type LoadOptions = {
  /** Orders per second that arrive at random; absent: as many as `inFlight` allows. */
  readonly rate?: number;
  readonly warmUp: number;
  readonly seconds: number;
  readonly inFlight: number;
  readonly connections: number;
};

export type Part = (typeof parts)[number];
/** What a report is made of, in this order. */
export const parts = [
  "idle",
  "saturated",
  "open",
  "slow",
  "backlog",
  "growth",
] as const;

export type BenchOptions = {
  readonly subjects: readonly Subject[];
  readonly parts: readonly Part[];
  readonly load: LoadOptions;
  /** Seconds of the limit before the saturated run, and again behind it. */
  readonly limitSeconds: number;
  /** How many finished orders lie there, one measurement each. */
  readonly sizes: readonly number[];
  /** Seconds without load, and without Kafka. */
  readonly idleSeconds: number;
  readonly outageSeconds: number;
  /** Orders per second that arrive while Kafka is away, and until the backlog is gone. */
  readonly backlogRate: number;
  /** Where the report goes: `<out>.md` and `<out>.json`. */
  readonly out?: string;
  /** A folder for CPU profiles of the Node processes. */
  readonly profile?: string;
};

/** Says in a sentence what is wrong with a flag. */
export class BadFlag extends Error {}

const everySubject: readonly Subject[] = [
  { mode: "kafka", processes: 1 },
  { mode: "embedded", processes: 1 },
  { mode: "kafka", processes: 9 },
];

const flags = {
  mode: { type: "string" },
  processes: { type: "string" },
  rate: { type: "string" },
  saturate: { type: "boolean" },
  only: { type: "string" },
  seconds: { type: "string", default: "20" },
  "warm-up": { type: "string", default: "15" },
  "in-flight": { type: "string", default: "1024" },
  connections: { type: "string", default: "256" },
  limit: { type: "string", default: "5" },
  sizes: { type: "string", default: "10000,100000,1000000" },
  idle: { type: "string", default: "60" },
  outage: { type: "string", default: "60" },
  "backlog-rate": { type: "string", default: "60" },
  out: { type: "string" },
  profile: { type: "string" },
} as const;

/** Reads the flags; throws `BadFlag` at one that is unknown or makes no sense. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const given = read(args);
  if (given.rate !== undefined && given.saturate === true)
    throw new BadFlag(
      "--rate and --saturate exclude each other: orders arrive at a rate, or as many as fit.",
    );
  const rate =
    given.rate === undefined
      ? undefined
      : number("rate", given.rate, 0.1, 100_000);
  return {
    subjects: subjectsOf(given.mode, given.processes),
    parts: partsOf(given.only, rate, given.saturate === true),
    load: {
      ...(rate !== undefined && { rate }),
      warmUp: number("warm-up", given["warm-up"], 0, 3_600),
      seconds: number("seconds", given.seconds, 1, 3_600),
      inFlight: whole("in-flight", given["in-flight"], 1, 100_000),
      connections: whole("connections", given.connections, 1, 10_000),
    },
    limitSeconds: number("limit", given.limit, 0, 600),
    sizes: given.sizes
      .split(",")
      .map((size) => whole("sizes", size, 1, 10_000_000)),
    idleSeconds: number("idle", given.idle, 1, 3_600),
    outageSeconds: number("outage", given.outage, 1, 600),
    backlogRate: number("backlog-rate", given["backlog-rate"], 1, 10_000),
    ...(given.out !== undefined && {
      out: given.out.replace(/\.(md|json)$/, ""),
    }),
    ...(given.profile !== undefined && { profile: given.profile }),
  };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags }).values;
  } catch (error) {
    throw new BadFlag(error instanceof Error ? error.message : String(error));
  }
}

function subjectsOf(
  mode: string | undefined,
  processes: string | undefined,
): readonly Subject[] {
  if (mode !== undefined && mode !== "kafka" && mode !== "embedded")
    throw new BadFlag(`--mode is kafka or embedded, not ${mode}.`);
  if (processes !== undefined && processes !== "1" && processes !== "9")
    throw new BadFlag(`--processes is 1 or 9, not ${processes}.`);
  if (mode === "embedded" && processes === "9")
    throw new BadFlag(
      "--mode embedded is one process: its bus hands messages over in memory.",
    );
  return everySubject.filter(
    (subject) =>
      (mode === undefined || subject.mode === mode) &&
      (processes === undefined || String(subject.processes) === processes),
  );
}

/** A single run when the load is named, else what `--only` names, else everything. */
function partsOf(
  only: string | undefined,
  rate: number | undefined,
  saturate: boolean,
): readonly Part[] {
  if (only !== undefined && (rate !== undefined || saturate))
    throw new BadFlag(
      "--only chooses parts of the report, --rate and --saturate are a single run: use one or the other.",
    );
  if (saturate) return ["saturated"];
  if (rate !== undefined) return ["open"];
  const names = only?.split(",") ?? parts;
  const unknown = names.find((name) => !parts.some((part) => part === name));
  if (unknown !== undefined)
    throw new BadFlag(
      `--only takes some of ${parts.join(",")}; ${unknown} is none of them.`,
    );
  return parts.filter((part) => names.includes(part));
}

function number(
  flag: string,
  text: string,
  least: number,
  most: number,
): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= least && value <= most))
    throw new BadFlag(
      `--${flag} is a number from ${least} to ${most}, not ${text === "" ? "nothing" : text}.`,
    );
  return value;
}

function whole(
  flag: string,
  text: string,
  least: number,
  most: number,
): number {
  const value = number(flag, text, least, most);
  if (!Number.isInteger(value))
    throw new BadFlag(`--${flag} is a whole number, not ${text}.`);
  return value;
}
