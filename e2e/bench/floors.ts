import type { SubjectReport } from "./subject.ts";

/** One line of the table of measures: what must hold, what is hoped for, what was measured. */
export type Measure = {
  readonly name: string;
  readonly unit: string;
  /** Whether more is better; times and costs are better when less. */
  readonly more?: boolean;
  readonly floor: number;
  readonly goal: number;
  readonly measured: number | undefined;
};

export type Verdict = "goal" | "floor held" | "missed" | "not measured";

/** Held means at or within the floor, as it is written. */
export function verdictOf({
  more = false,
  floor,
  goal,
  measured,
}: Measure): Verdict {
  if (measured === undefined) return "not measured";
  const within = (bound: number) =>
    more ? measured >= bound : measured <= bound;
  if (within(goal)) return "goal";
  return within(floor) ? "floor held" : "missed";
}

/** The measures that the reports have figures for, and those they lack. */
export function measuresOf(reports: readonly SubjectReport[]): Measure[] {
  const of = (mode: string, processes: number) =>
    reports.find((one) => one.mode === mode && one.processes === processes);
  const kafka = of("kafka", 1);
  const embedded = of("embedded", 1);
  const nine = of("kafka", 9);
  return [
    ...knee("one process with Kafka", kafka, {
      share: [0.1, 0.18],
      cpu: [3.5, 2],
    }),
    ...knee("embedded", embedded, { share: [0.15, 0.27], cpu: [2.3, 1.4] }),
    ...knee("nine processes", nine, { share: [0.08, 0.15], cpu: [4.5, 2.8] }),
    ...latencies(
      "one process with Kafka, 70 % of the knee",
      kafka?.open,
      [800, 1_200],
      [300, 600],
      true,
    ),
    ...latencies(
      "embedded, 70 % of the knee",
      embedded?.open,
      [300, 600],
      [150, 300],
      true,
    ),
    ...latencies(
      "one process with Kafka, 20 orders/s",
      kafka?.slow,
      [100, 200],
      [65, 120],
      false,
    ),
    ...latencies(
      "embedded, 20 orders/s",
      embedded?.slow,
      [50, 100],
      [30, 60],
      false,
    ),
    ...backlogs([
      ["one process with Kafka", kafka],
      ["nine processes", nine],
    ]),
    ...growths([
      ["one process with Kafka", kafka],
      ["embedded", embedded],
      ["nine processes", nine],
    ]),
    ...idles(kafka, embedded, nine),
  ];
}

type Pair = readonly [floor: number, goal: number];

const least = (
  name: string,
  unit: string,
  [floor, goal]: Pair,
  measured: number | null | undefined,
): Measure => ({
  name,
  unit,
  floor,
  goal,
  measured: measured ?? undefined,
});

const most = (
  name: string,
  unit: string,
  pair: Pair,
  measured: number | undefined,
): Measure => ({
  ...least(name, unit, pair, measured),
  more: true,
});

function knee(
  name: string,
  report: SubjectReport | undefined,
  { share, cpu }: { readonly share: Pair; readonly cpu: Pair },
): Measure[] {
  return [
    most(
      `${name}: finished orders/s, share of the limit`,
      "",
      share,
      report?.limit?.share,
    ),
    least(
      `${name}: CPU per order at the knee`,
      "ms",
      cpu,
      report?.saturated?.cpuPerOrder,
    ),
    least(
      `${name}: commits per order at the knee`,
      "",
      [0.8, 0.4],
      report?.saturated?.commitsPerOrder,
    ),
  ];
}

function latencies(
  name: string,
  run: SubjectReport["open"],
  floors: Pair,
  goals: Pair,
  withAccept: boolean,
): Measure[] {
  const { accept, confirm } = run ?? {};
  return [
    ...(withAccept
      ? [
          least(`${name}: accept p50`, "ms", [60, 25], accept?.p50),
          least(`${name}: accept p99`, "ms", [150, 75], accept?.p99),
        ]
      : []),
    least(`${name}: confirmed p50`, "ms", [floors[0], goals[0]], confirm?.p50),
    least(`${name}: confirmed p99`, "ms", [floors[1], goals[1]], confirm?.p99),
  ];
}

type Named = readonly (readonly [
  name: string,
  report: SubjectReport | undefined,
])[];

const backlogs = (named: Named): Measure[] =>
  named.map(([name, report]) =>
    most(
      `${name}: backlog after 60 s without Kafka, drained at so many times the arrival`,
      "×",
      [3, 5],
      report?.backlog?.timesArrival,
    ),
  );

const growths = (named: Named): Measure[] =>
  named.map(([name, report]) => {
    const at = (orders: number) =>
      report?.growth?.find((one) => one.orders === orders)?.run.cpuPerOrder;
    const [small, large] = [at(10_000), at(1_000_000)];
    const ratio =
      small === undefined || large === undefined ? undefined : large / small;
    return least(
      `${name}: CPU per order at 1,000,000 orders against 10,000`,
      "×",
      [1.5, 1.1],
      ratio,
    );
  });

const idles = (
  ...[kafka, embedded, nine]: (SubjectReport | undefined)[]
): Measure[] => [
  least(
    "one process with Kafka: resident memory, idle",
    "MiB",
    [300, 180],
    kafka?.idle?.memory,
  ),
  least(
    "embedded: resident memory, idle",
    "MiB",
    [300, 180],
    embedded?.idle?.memory,
  ),
  least(
    "nine processes: resident memory, idle",
    "MiB",
    [1_331, 1_024],
    nine?.idle?.memory,
  ),
  least(
    "nine processes: idle CPU without Kafka and Postgres",
    "cores",
    [0.3, 0.1],
    nine?.idle?.cores,
  ),
];
