import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureInstalled, node24, root } from "./ensure-installed.mjs";

/** `node scripts/run.mjs <entry> [arguments]`: installs what is missing, then runs the entry on the pinned Node. */
const [entry, ...args] = process.argv.slice(2);

await ensureInstalled();
const command = [join(root, entry), ...args];

if (process.execve) process.execve(node24, [node24, ...command], process.env);

const child = spawn(node24, command, { stdio: "inherit" });
// A terminal sends Ctrl-C to both processes already.
process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
for (const signal of ["SIGTERM", "SIGHUP"])
  process.on(signal, () => child.kill(signal));
child.once("close", (code, signal) => {
  if (signal) process.removeAllListeners(signal);
  if (signal) process.kill(process.pid, signal);
  else process.exitCode = code ?? 1;
});
