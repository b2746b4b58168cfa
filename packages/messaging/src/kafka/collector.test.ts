import { silentLogger as logger } from "@cartwright/observability/logger";
import type { Batch, ReceivedRecord } from "../bus.ts";
import { Collector, type Slice } from "./collector.ts";

const records = (partition: string, count: number): ReceivedRecord[] =>
  Array.from({ length: count }, (_, offset) => ({
    topic: "t",
    key: partition,
    headers: {},
    value: String(offset),
    position: `${partition}@${offset}`,
  }));

/** A slice that remembers how far it was resolved. */
function slice(partition: string, count: number, heartbeat?: () => void) {
  const seen = { resolved: 0 };
  const made: Slice = {
    records: records(partition, count),
    resolve: (upTo) => void (seen.resolved = upTo),
    heartbeat: async () => heartbeat?.(),
  };
  return { slice: made, seen };
}

function collecting(
  handle: (batch: Batch) => Promise<void> | void = () => undefined,
  maxBatch = 500,
) {
  const batches: string[][] = [];
  const collector = new Collector({
    maxBatch,
    logger,
    progress: { tried: () => undefined, advanced: () => undefined },
    async handle(batch) {
      batches.push(batch.records.map(({ position }) => position));
      await handle(batch);
    },
  });
  return { collector, batches };
}

describe("the collector", () => {
  it("merges the partitions that one fetch brought into one batch", async () => {
    const { collector, batches } = collecting();
    const [a, b] = [slice("a", 2), slice("b", 1)];
    await Promise.all([collector.collect(a.slice), collector.collect(b.slice)]);
    expect(batches).toEqual([["a@0", "a@1", "b@0"]]);
    expect([a.seen.resolved, b.seen.resolved]).toEqual([2, 1]);
  });

  it("cuts a fetch into batches of the greatest size, in order", async () => {
    const { collector, batches } = collecting(undefined, 3);
    const [a, b] = [slice("a", 4), slice("b", 3)];
    await Promise.all([collector.collect(a.slice), collector.collect(b.slice)]);
    expect(batches).toEqual([
      ["a@0", "a@1", "a@2"],
      ["a@3", "b@0", "b@1"],
      ["b@2"],
    ]);
  });

  it("makes the next batch of what arrives while one is handled", async () => {
    const more = [slice("b", 1), slice("c", 1)];
    const late: Promise<void>[] = [];
    const { collector, batches } = collecting(() => {
      for (const next of more.splice(0))
        late.push(collector.collect(next.slice));
    });
    await collector.collect(slice("a", 1).slice);
    await Promise.all(late);
    expect(batches).toEqual([["a@0"], ["b@0", "c@0"]]);
  });

  it("repeats exactly the rejected batch, whatever the error", async () => {
    const errors = [new TypeError("first"), new Error("second")];
    const { collector, batches } = collecting(() => {
      const error = errors.shift();
      if (error) throw error;
    });
    const { slice: only, seen } = slice("a", 2);
    await collector.collect(only);
    expect(batches).toEqual(Array(3).fill(["a@0", "a@1"]));
    expect(seen.resolved).toBe(2);
  });

  it("gives everything up when the membership is lost, and resolves nothing of it", async () => {
    const lost = new Error("The group is rebalancing");
    const { collector, batches } = collecting(undefined, 1);
    const { slice: only, seen } = slice("a", 3, () => {
      throw lost;
    });
    await expect(collector.collect(only)).rejects.toBe(lost);
    expect(batches).toEqual([["a@0"]]);
    expect(seen.resolved).toBe(1);
  });

  it("finishes the batch in hand when it is drained, and lets the rest go", async () => {
    const { collector, batches } = collecting(() => {
      void collector.drain();
    }, 1);
    const { slice: only, seen } = slice("a", 3);
    await collector.collect(only);
    expect(batches).toEqual([["a@0"]]);
    expect(seen.resolved).toBe(1);
  });
});
