import { planOf } from "./plan.ts";
import { replaceGlobals } from "./virtual-globals.ts";
const realImmediate = setImmediate;
const { runSeed } = await import("./run-seed.ts");
replaceGlobals();
const seed = Number(process.argv[2] ?? 1);
const count = Number(process.argv[3] ?? 1);
const started = Date.now();
let orders = 0;
function next(at: number): void {
  realImmediate(() => {
    const report = runSeed({
      plan: planOf(at),
      ...(process.argv[4]
        ? { watch: (line: string) => process.stdout.write(`${line}\n`) }
        : {}),
    });
    orders += report.orders;
    if (report.failure || count < 10)
      process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
    if (at + 1 < seed + count) next(at + 1);
    else
      process.stdout.write(`${orders} orders in ${Date.now() - started} ms\n`);
  });
}
next(seed);
