import { firstIdOf } from "@cartwright/kernel/ids";
import { noTurns, turns, type Turn } from "@cartwright/kernel/turns";
import { silentLogger as logger } from "@cartwright/observability/logger";
import type { Batch, ReceivedRecord } from "../bus.ts";
import { Collector, type Slice } from "./collector.ts";

const records = (
  partition: string,
  count: number,
  headers: ReceivedRecord["headers"],
): ReceivedRecord[] =>
  Array.from({ length: count }, (_, offset) => ({
    topic: "t",
    key: partition,
    headers,
    value: String(offset),
    position: `${partition}@${offset}`,
  }));

/** A slice that remembers how far it was resolved. */
function slice(
  partition: string,
  count: number,
  {
    heartbeat,
    at = Date.now(),
  }: { heartbeat?: () => void; /** When its flow began. */ at?: number } = {},
) {
  const seen = { resolved: 0 };
  const ce_correlationid = firstIdOf(new Date(at));
  const made: Slice = {
    records: records(partition, count, { ce_correlationid }),
    resolve: (upTo) => void (seen.resolved = upTo),
    heartbeat: async () => heartbeat?.(),
  };
  return { slice: made, seen };
}

function collecting(
  handle: (batch: Batch) => Promise<void> | void = () => undefined,
  maxBatch = 500,
  turn: Turn = noTurns,
) {
  const batches: string[][] = [];
  const collector = new Collector({
    ...{ maxBatch, turn, logger },
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

  it("gathers a batch when its turn has come, in the order of what began first", async () => {
    const asked: number[] = [];
    const turn = turns(1);
    const { promise: held, resolve: release } =
      Promise.withResolvers<undefined>();
    const others = turn(0, () => held);
    const { collector, batches } = collecting(undefined, 500, (since, work) => {
      asked.push(since);
      return turn(since, work);
    });
    const at = Date.now() - 1_000;
    const collected = [collector.collect(slice("a", 2, { at }).slice)];
    await new Promise(setImmediate);
    collected.push(collector.collect(slice("b", 1).slice));
    release(undefined);
    await Promise.all([others, ...collected]);
    expect(batches).toEqual([["a@0", "a@1", "b@0"]]);
    expect(asked).toEqual([at]);
  });

  it("keeps a batch's age when it comes again", async () => {
    const asked: number[] = [];
    let failures = 1;
    const { collector } = collecting(
      () => {
        if (failures-- > 0) throw new Error("not yet");
      },
      500,
      (since, work) => {
        asked.push(since);
        return work();
      },
    );
    const at = Date.now() - 1_000;
    await collector.collect(slice("a", 2, { at }).slice);
    expect(asked).toEqual([at, at]);
  });

  it("takes nothing more when it is told to stop before its turn has come", async () => {
    const turn = turns(1);
    const { promise: held, resolve: release } =
      Promise.withResolvers<undefined>();
    const others = turn(0, () => held);
    const { collector, batches } = collecting(undefined, 500, turn);
    const waiting = slice("a", 2);
    const collected = collector.collect(waiting.slice);
    await new Promise(setImmediate);
    const drained = collector.drain();
    release(undefined);
    await Promise.all([others, drained, collected]);
    expect(batches).toEqual([]);
    expect(waiting.seen.resolved).toBe(0);
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
    const { slice: only, seen } = slice("a", 3, {
      heartbeat: () => {
        throw lost;
      },
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
