import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LoadPlan } from "../load-plan.ts";
import type { Subject } from "../options.ts";
import { planOf, start, stock, type Started } from "../started.ts";
import { movedFigures, type ModeFigures, type Recorded } from "./compare.ts";
import { BadGuardFlag, guardOptions } from "./options.ts";
import { wave, type WaveFigures } from "./waves.ts";

/**
 * `npm run bench:guard` fails when what an order takes, in counts that a busy machine does not
 * change, is not what is recorded; `-- --record` records it anew.
 */
const file = join(import.meta.dirname, "recorded.json");
const products = 60;
const connections = 64;
const ordersAlone = 12;
const ordersTogether = 200;
const waves = 3;

/** Pages written whole after a checkpoint, and vacuum, follow the clock and not the orders. */
const untimed = [
  "ALTER SYSTEM SET full_page_writes = off",
  "ALTER SYSTEM SET autovacuum = off",
  "SELECT pg_reload_conf()",
];

async function figuresOf(subject: Subject): Promise<ModeFigures> {
  const started = await start(subject);
  try {
    for (const statement of untimed) await started.platform.sql(statement);
    const load = {
      warmUp: 0,
      seconds: 0,
      inFlight: ordersTogether,
      connections,
    };
    const plan = await planOf(await stock(started, products), load);
    const inTurn = (orders: number, times: number) =>
      wavesOf(started, plan, { orders, times });
    await inTurn(1, 2); // what only the first orders make: plans, partitions, rows of the day
    const alone = medianOf(await inTurn(1, ordersAlone));
    await inTurn(ordersTogether, 1);
    return { alone, together: bestOf(await inTurn(ordersTogether, waves)) };
  } finally {
    await started.stop();
  }
}

async function wavesOf(
  started: Started,
  plan: LoadPlan,
  { orders, times }: { readonly orders: number; readonly times: number },
): Promise<WaveFigures[]> {
  const figures: WaveFigures[] = [];
  for (let n = 0; n < times; n += 1)
    figures.push(await wave(started, plan, orders));
  return figures;
}

const medianOf = (figures: readonly WaveFigures[]): WaveFigures =>
  each((name) => {
    const ascending = figures.map((one) => one[name]).toSorted((a, b) => a - b);
    return ascending[Math.floor(ascending.length / 2)] ?? Number.NaN;
  });

/** What disturbs a wave makes its batches smaller, never larger. */
const bestOf = (figures: readonly WaveFigures[]): WaveFigures => {
  const of = (name: keyof WaveFigures) => figures.map((one) => one[name]);
  return {
    ...medianOf(figures),
    commitsPerOrder: Math.min(...of("commitsPerOrder")),
    rowsPerBatch: Math.max(...of("rowsPerBatch")),
    messagesPerProduceRequest: Math.max(...of("messagesPerProduceRequest")),
  };
};

const each = (value: (name: keyof WaveFigures) => number): WaveFigures => ({
  commitsPerOrder: value("commitsPerOrder"),
  rowsPerBatch: value("rowsPerBatch"),
  messagesPerProduceRequest: value("messagesPerProduceRequest"),
  walBytesPerOrder: value("walBytesPerOrder"),
});

function optionsOrExit() {
  try {
    return guardOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof BadGuardFlag)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}

// An exit stops the platform too; a signal alone would leave it behind.
for (const [name, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)
  process.once(name, () => process.exit(code));

const { subjects, record } = optionsOrExit();
const recorded = JSON.parse(readFileSync(file, "utf8")) as Recorded;
const measured: Record<string, ModeFigures> = {};
for (const subject of subjects) {
  const figures = await figuresOf(subject);
  measured[subject.mode] = figures;
  console.log(`${subject.mode}, one process`);
  console.table({
    "one at a time": figures.alone,
    [`${ordersTogether} at once`]: figures.together,
  });
}
if (record) {
  writeFileSync(
    file,
    `${JSON.stringify({ ...recorded, ...measured }, null, 2)}\n`,
  );
  console.log("Recorded.");
} else {
  const moved = movedFigures(recorded, measured);
  for (const sentence of moved) console.error(sentence);
  if (moved.length === 0) console.log("An order takes what is recorded.");
  process.exitCode = moved.length === 0 ? 0 : 1;
}
