import { runMakeOperator } from "./run-make-operator.ts";

/** `node make-operator.js <email> --reason "…"` where identity runs. */
process.exitCode = await runMakeOperator(process.argv.slice(2), {
  environment: process.env,
  print: (text) => void process.stdout.write(`${text}\n`),
  complain: (text) => void process.stderr.write(`${text}\n`),
});
