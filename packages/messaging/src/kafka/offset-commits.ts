import { seconds } from "@cartwright/kernel/duration";
import type { Logger } from "@cartwright/observability/logger";
import type { EachBatchPayload } from "kafkajs";

type Offsets = Pick<
  EachBatchPayload,
  "uncommittedOffsets" | "commitOffsetsIfNecessary"
>;

const interval = seconds(1);

/** The group has moved on without us. What is not committed comes again and the inbox knows it. */
const normal = new Set([
  "ILLEGAL_GENERATION",
  "UNKNOWN_MEMBER_ID",
  "REBALANCE_IN_PROGRESS",
]);

/**
 * Commits what is resolved: after a quiet second at once, else about once a second, and when asked. Never awaited by the loop that
 * fetches: where the coordinator is another broker, its answer may have to wait behind a fetch there.
 */
export function offsetCommits(logger: Logger) {
  let offsets: Offsets | undefined;
  let timer: NodeJS.Timeout | undefined;
  let committedAt = -interval;

  async function now(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    committedAt = performance.now();
    const uncommitted = offsets?.uncommittedOffsets();
    if (offsets === undefined || uncommitted?.topics.length === 0) return;
    try {
      await offsets.commitOffsetsIfNecessary(uncommitted);
    } catch (error) {
      const level = normal.has(String(typeOf(error))) ? "debug" : "warn";
      logger[level]("offsets were not committed", { error: String(error) });
    }
  }

  return {
    soon(payload: Offsets): void {
      offsets = payload;
      const quiet = performance.now() - committedAt;
      timer ??= setTimeout(() => void now(), Math.max(0, interval - quiet));
    },
    now,
    end(): void {
      clearTimeout(timer);
      offsets = undefined;
    },
  };
}

const typeOf = (error: unknown): unknown =>
  error instanceof Error && "type" in error ? error.type : undefined;
