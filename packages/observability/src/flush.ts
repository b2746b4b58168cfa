import {
  setImmediate as turn,
  setTimeout as sleep,
} from "node:timers/promises";
import { seconds } from "@cartwright/kernel/duration";

/**
 * Resolves when what was logged has left the process. A pipe takes lines only as fast as its reader, and
 * `process.exit` forgets those that wait; whoever never reads is not waited for longer than two seconds.
 */
export async function flushed(): Promise<void> {
  await turn(); // the logger's own pipeline begins to flow a turn after the first line
  await Promise.race([
    Promise.all([process.stdout, process.stderr].map(drained)),
    sleep(seconds(2), undefined, { ref: false }),
  ]);
}

const drained = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write("", () => resolve());
  });
