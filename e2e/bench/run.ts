import { writeFileSync } from "node:fs";
import { measuresOf, verdictOf } from "./floors.ts";
import { markdownOf } from "./markdown.ts";
import { BadFlag, parseOptions, type BenchOptions } from "./options.ts";
import { linesOf } from "./print.ts";
import { measureSubject, type SubjectReport } from "./subject.ts";

/**
 * `npm run bench` measures every mode; `-- --mode kafka --processes 1 --saturate` makes a single run.
 * Ends with 1 when an order was lost or a sum does not add up, with 2 at a flag that makes no sense.
 */
const args = process.argv.slice(2);
// An exit stops the platform too; a signal alone would leave it behind.
for (const [name, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)
  process.once(name, () => process.exit(code));
await report(optionsOrExit());

function optionsOrExit(): BenchOptions {
  try {
    return parseOptions(args);
  } catch (error) {
    if (!(error instanceof BadFlag)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}

async function report(options: BenchOptions): Promise<void> {
  const reports: SubjectReport[] = [];
  for (const subject of options.subjects) {
    const title = `${subject.mode}, ${subject.processes} process${subject.processes > 1 ? "es" : ""}`;
    console.log(`\n${title}`);
    const measured = await measureSubject(subject, options, (sentence) =>
      console.log(`  ${sentence}`),
    );
    reports.push(measured);
    // After each mode: what is measured stays, whatever becomes of the next.
    if (options.out !== undefined) write(options.out, reports);
    if (measured.saturated)
      console.log(`\n${linesOf(measured.saturated, measured.limit)}`);
    for (const run of [measured.open, measured.slow])
      if (run) console.log(`\n${linesOf(run)}`);
  }
  if (options.parts.length > 1) printVerdicts(reports);
  if (options.out !== undefined)
    console.log(
      `\nThe report is in ${options.out}.md and ${options.out}.json.`,
    );
  process.exitCode = reports.every(addsUp) ? 0 : 1;
}

function write(out: string, reports: readonly SubjectReport[]): void {
  writeFileSync(`${out}.md`, markdownOf(reports, { flags: args.join(" ") }));
  writeFileSync(
    `${out}.json`,
    `${JSON.stringify({ measures: judged(reports), reports }, null, 2)}\n`,
  );
}

function judged(reports: readonly SubjectReport[]) {
  return measuresOf(reports).map((measure) => ({
    ...measure,
    verdict: verdictOf(measure),
  }));
}

function printVerdicts(reports: readonly SubjectReport[]): void {
  console.log("");
  for (const { name, unit, floor, goal, measured, verdict } of judged(
    reports,
  )) {
    if (measured === undefined) continue;
    console.log(
      `${verdict.padEnd(10)}  ${name}: ${measured.toFixed(2)} ${unit} (floor ${floor}, goal ${goal})`,
    );
  }
}

function addsUp({
  saturated,
  open,
  slow,
  backlog,
  growth = [],
}: SubjectReport): boolean {
  return [
    saturated,
    open,
    slow,
    backlog,
    ...growth.map(({ run }) => run),
  ].every((run) => run === undefined || run.differences.length === 0);
}
