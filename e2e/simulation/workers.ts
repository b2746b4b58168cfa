import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Done, Work } from "./work.ts";

/** Does the work on all cores; `heard` is called as each piece is done. */
export async function inWorkers(
  work: readonly Work[],
  heard: (done: Done) => void,
): Promise<void> {
  const waiting = [...work];
  const threads = Math.min(availableParallelism(), work.length);
  await Promise.all(
    Array.from({ length: threads }, () => workThrough(waiting, heard)),
  );
}

/** One thread takes one piece after the other until none is left. */
function workThrough(
  waiting: Work[],
  heard: (done: Done) => void,
): Promise<void> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url));
  return new Promise((resolve, reject) => {
    const next = () => {
      const work = waiting.shift();
      if (work !== undefined) worker.postMessage(work);
      else void worker.terminate().then(() => resolve());
    };
    worker.on("error", reject);
    worker.on("message", (done: Done) => {
      heard(done);
      next();
    });
    next();
  });
}
