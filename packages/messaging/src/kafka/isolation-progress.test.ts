import { noTransaction } from "@cartwright/testing/no-transaction";
import { seconds } from "@cartwright/kernel/duration";
import { silentLogger as logger } from "@cartwright/observability/logger";
import type { Batch } from "../bus.ts";
import { isolate } from "../isolate.ts";
import { decode } from "../wire.ts";
import { Collector } from "./collector.ts";
import { Progress, type Standing } from "./progress.ts";

const stalledAfter = seconds(45);

const elsewhere: Standing = {
  ...{ topic: "t", partition: 1 },
  ...{ committed: 5n, start: 0n, end: 9n },
};

/** A member at which the handlers of some messages hang, by a clock of its own. */
function aMemberWhere(hangs: (n: number) => boolean) {
  const clock = { now: 0 };
  const progress = new Progress(() => clock.now);
  progress.joined({ t: [0, 1] });
  const longest = { silence: 0, neglect: 0 };

  /** Each try takes as long as a handler may hang. */
  async function handle(values: readonly string[]): Promise<void> {
    clock.now += seconds(3);
    longest.silence = Math.max(longest.silence, progress.silence());
    longest.neglect = Math.max(longest.neglect, progress.neglect([elsewhere]));
    if (values.some((value) => hangs(Number(value))))
      throw new Error("It hangs.");
    return Promise.resolve();
  }
  async function takeApart({ records, heartbeat }: Batch): Promise<void> {
    const decoded = records.map((record) => decode(record, new Set()));
    await isolate(
      {
        ...{ logger, heartbeat, group: "test" },
        db: {
          transaction: noTransaction,
        },
        handle: (some) => handle(some.map(({ record }) => record.value)),
      },
      decoded,
      new Error("One of them hangs."),
    );
  }
  const options = { handle: takeApart, logger, progress };
  return { clock, progress, longest, collector: new Collector(options) };
}

const batchOf = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    ...{ topic: "t", key: `key ${n}`, headers: {} },
    ...{ value: String(n), position: `t/0@${n}` },
  }));

it("is not taken for stalled while it takes a batch apart in which several handlers hang", async () => {
  const { clock, longest, collector, progress } = aMemberWhere(
    (n) => n % 32 === 0,
  );
  await collector.collect({
    records: batchOf(256),
    resolve: () => undefined,
    heartbeat: () => Promise.resolve(),
  });
  expect(clock.now).toBeGreaterThan(2 * stalledAfter);
  expect(longest.silence).toBeLessThan(stalledAfter);
  expect(longest.neglect).toBeLessThan(stalledAfter);
  clock.now += stalledAfter;
  progress.neglect([elsewhere]);
  clock.now += stalledAfter;
  expect(progress.neglect([elsewhere])).toBe(stalledAfter);
});

it("keeps its membership before every single try", async () => {
  const { clock, collector } = aMemberWhere((n) => n === 63);
  const beats: number[] = [0];
  await collector.collect({
    records: batchOf(64),
    resolve: () => undefined,
    heartbeat: () => Promise.resolve(void beats.push(clock.now)),
  });
  const pauses = beats.slice(1).map((at, index) => at - (beats[index] ?? 0));
  expect(Math.max(...pauses)).toBe(seconds(3));
});
