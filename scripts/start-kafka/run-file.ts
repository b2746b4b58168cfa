import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const leaveWithParent = join(import.meta.dirname, "leave-with-parent.ts");

/**
 * A process of its own group, so that Ctrl-C in the terminal reaches it through us and in our order;
 * over the channel it notices when we are gone.
 */
export const runFile = (
  file: string,
  environment: Readonly<Record<string, string>>,
  output: "inherit" | "pipe",
): ChildProcess =>
  spawn(process.execPath, ["--import", leaveWithParent, join(root, file)], {
    cwd: root,
    env: {
      LOG_LEVEL: "warn",
      NODE_COMPILE_CACHE: join(root, ".cache/node"),
      ...process.env,
      ...environment,
    },
    stdio: ["ignore", output, output, "ipc"],
    detached: true,
  });
