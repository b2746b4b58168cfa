import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { newId } from "@cartwright/kernel/ids";
import type { Bus } from "@cartwright/messaging/bus";
import { whyKafkaCannotRun } from "@cartwright/messaging/dev/kafka-jars";
import { createTopics } from "@cartwright/messaging/kafka-topics";
import { silentLogger as logger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import { aBroker, type ABroker } from "./a-broker.ts";
import { busAt, type BusAddress } from "./bus-address.ts";

const why = await whyKafkaCannotRun();
const required = process.env.CI || process.env.REQUIRE_KAFKA;

const mebibyte = 2 ** 20;
const recordBytes = 32 * 1024;
const perSecond = 100;
/** They come as fast as the broker takes them: nearly all of 100 MiB is left waiting. */
const arrivals = 3_200;
/** What a few fetches bring, as bytes and as records; less than half of what waits. */
const mayHold = 48 * mebibyte;

let broker: ABroker;
let child: ChildProcess | undefined;

if (why !== undefined && !required) {
  it.skip(`a slow consumer: ${why}`, () => undefined);
} else {
  describe("a consumer that is slower than its arrivals", slowConsumer);
}

function slowConsumer(): void {
  beforeAll(async () => {
    broker = await aBroker();
  }, 120_000);
  afterAll(async () => {
    child?.kill("SIGKILL");
    await broker.stop();
  }, 60_000);

  it("falls behind, leaves with the broker what it cannot handle, and catches up", async () => {
    const [topic, group] = [`t-${newId()}`, `g-${newId()}`];
    const brokers = [broker.address];
    const client = { brokers, clientId: "test", logger };
    await createTopics(client, { topics: [topic], partitions: 6 });
    const bus = busAt({ kind: "kafka", broker: broker.address });
    const member = await aMember({ group, topic });

    await publish(bus, topic, perSecond);
    await eventually(() => expect(member.last().handled).toBeGreaterThan(0), {
      within: 30_000,
    });
    const atFirst = member.last();
    await publish(bus, topic, arrivals);
    const [lag] = (await bus.lag?.(group, [topic])) ?? [];
    expect(lag?.behind).toBeGreaterThan(arrivals / 2);
    await member.reports(6);

    child?.kill("SIGUSR2");
    const all = arrivals + perSecond;
    await eventually(() => expect(member.last().handled).toBe(all), {
      within: 60_000,
    });
    expect(member.mostHeld() - atFirst.held).toBeLessThan(mayHold);
    await eventually(
      async () =>
        expect(await bus.lag?.(group, [topic])).toEqual([{ topic, behind: 0 }]),
      { within: 30_000 },
    );
    await bus.stop?.();
  }, 180_000);
}

async function publish(bus: Bus, topic: string, count: number): Promise<void> {
  const value = "x".repeat(recordBytes);
  const atOnce = 20;
  for (let sent = 0; sent < count; sent += atOnce) {
    await bus.publish(
      Array.from({ length: atOnce }, () => ({
        ...{ topic, key: newId(), headers: {}, value },
      })),
    );
  }
}

type Report = { readonly handled: number; readonly held: number };

async function aMember({ group, topic }: Record<"group" | "topic", string>) {
  const address: BusAddress = { kind: "kafka", broker: broker.address };
  const member = spawn(
    process.execPath,
    [
      "--expose-gc",
      join(import.meta.dirname, "slow-member.ts"),
      JSON.stringify({ address, group, topics: [topic], perSecond }),
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const reports: Report[] = [];
  child = member;
  const lines = createInterface(member.stdout);
  lines.on("line", (line) => reports.push(JSON.parse(line) as Report));
  await once(lines, "line");
  const last = () => reports.at(-1) ?? { handled: 0, held: 0 };
  return {
    last,
    mostHeld: () => Math.max(...reports.map(({ held }) => held)),
    /** Resolves after so many more. */
    async reports(count: number) {
      const end = reports.length + count;
      await eventually(() =>
        expect(reports.length).toBeGreaterThanOrEqual(end),
      );
    },
  };
}
