import { setTimeout as sleep } from "node:timers/promises";
import { minutes } from "@cartwright/kernel/duration";

/** Whether a process answers at this port that it may be given requests. */
export const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/health/ready`, {
    headers: { connection: "close" },
    signal: AbortSignal.timeout(2_000),
  }).then(
    ({ ok }) => ok,
    () => false,
  );

/** Resolves once it does. */
export async function untilReady(port: number): Promise<void> {
  const end = performance.now() + minutes(1);
  while (!(await isReady(port))) {
    if (performance.now() > end)
      throw new Error(`Nothing is ready at port ${port}.`);
    await sleep(100);
  }
}
