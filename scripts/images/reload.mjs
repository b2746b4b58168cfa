import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { watch } from "chokidar";

/**
 * `node scripts/images/reload.mjs <entry> [folder...]`: runs the entry of an app, and anew whenever its sources, those of a
 * package or something in the folders change. Node's own --watch follows files, not names: it sees the first time that an
 * editor or git puts another file in a file's place, and none after that.
 */
const [entry, ...folders] = process.argv.slice(2);
const app = dirname(dirname(entry));

let child, again;
let isStale = false;
let isEnding = false;

function start() {
  clearTimeout(again);
  isStale = false;
  child = spawn(process.execPath, [entry], { stdio: "inherit" });
  child.once("close", ended);
}

/** A program that ends by itself may have a mistake in its sources, or miss something that comes back. */
function ended(code) {
  child = undefined;
  if (isEnding) process.exit(code ?? 1);
  if (isStale) return start();
  console.log(
    `${entry} has ended; it starts anew when a source changes, or in ten seconds.`,
  );
  again = setTimeout(start, 10_000);
}

start();
watch([app, "packages", ...folders], {
  ignored: /\.test\.ts$|\/(node_modules|test)(\/|$)/,
  ignoreInitial: true,
}).on("all", (_, path) => {
  if (isStale || isEnding) return;
  console.log(`${path} has changed: ${entry} starts anew.`);
  if (!child) return start();
  isStale = true;
  child.kill();
});
for (const signal of ["SIGTERM", "SIGINT"])
  process.on(signal, () => {
    isEnding = true;
    if (!child) process.exit();
    child.kill(signal);
  });
