import { worst } from "@cartwright/http/health";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import { startParts, type Running } from "@cartwright/service/run-parts";

/** Lists of parts that do not need each other: each starts and stops in its own order, all at a time. */
export function inParallel(
  name: string,
  lists: readonly (readonly Part[])[],
  logger: Logger,
): Part {
  let running: Running[] = [];
  const stop = async () => {
    await Promise.all(running.map((one) => one.stop()));
  };
  return {
    name,
    async start() {
      const outcomes = await Promise.allSettled(
        lists.map((parts) => startParts(parts, logger)),
      );
      running = outcomes.flatMap((one) =>
        one.status === "fulfilled" ? [one.value] : [],
      );
      const failed = outcomes.find((one) => one.status === "rejected");
      if (!failed) return;
      await stop();
      throw failed.reason;
    },
    stop,
    async health() {
      const lives = await Promise.all(running.map((one) => one.health()));
      const status = worst(lives.map((life) => life.status));
      return lives.find((life) => life.status === status) ?? { status };
    },
  };
}
