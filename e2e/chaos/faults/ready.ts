import { setTimeout as sleep } from "node:timers/promises";
import { minutes } from "@cartwright/kernel/duration";

/** What a process says at this port of whether it may be given requests; nothing, when it is busy for two seconds. */
export type Look = "ready" | "not ready" | "silent";

export const lookAt = (port: number): Promise<Look> =>
  fetch(`http://127.0.0.1:${port}/health/ready`, {
    headers: { connection: "close" },
    signal: AbortSignal.timeout(2_000),
  }).then(
    ({ ok }) => (ok ? "ready" : "not ready"),
    (error: unknown) =>
      (error as Error).name === "TimeoutError" ? "silent" : "not ready",
  );

export const isReady = async (port: number): Promise<boolean> =>
  (await lookAt(port)) === "ready";

/** Resolves once it is. */
export async function untilReady(port: number): Promise<void> {
  const end = performance.now() + minutes(1);
  while (!(await isReady(port))) {
    if (performance.now() > end)
      throw new Error(`Nothing is ready at port ${port}.`);
    await sleep(100);
  }
}
