import type { Part } from "@cartwright/kernel/part";
import { newId } from "@cartwright/kernel/ids";
import { cutTopics, GroupsInUse } from "@cartwright/messaging/cut-topics";
import { whyKafkaCannotRun } from "@cartwright/messaging/dev/kafka-jars";
import { kafkaBus } from "@cartwright/messaging/kafka-bus";
import { createTopics } from "@cartwright/messaging/kafka-topics";
import { silentLogger as logger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import { aBroker } from "./a-broker.ts";

const why = await whyKafkaCannotRun();
const required = process.env.CI || process.env.REQUIRE_KAFKA;
const topic = "order-events";
const within = 30_000;
const past = new Date(Date.now() - 3_600_000);

if (why !== undefined && !required) {
  it.skip(`topics that are cut: ${why}`, () => undefined);
} else {
  describe("topics that are cut", cutting);
}

function cutting(): void {
  let broker: Awaited<ReturnType<typeof aBroker>>;
  const client = () => ({
    ...{ brokers: [broker.address], clientId: "test", logger },
  });
  const memberTimes = { sessionTimeout: 6_000, rebalanceTimeout: 5_000 };
  const aBus = () => kafkaBus({ ...client(), memberTimes });

  beforeAll(async () => {
    broker = await aBroker();
    await createTopics(client());
  }, 120_000);
  afterAll(() => broker.stop(), 60_000);

  /** What a member of the order service's group reads. */
  async function aReader(): Promise<Part & { readonly values: string[] }> {
    const bus = aBus();
    const values: string[] = [];
    const part = bus.subscribe({
      ...{ group: "order", topics: [topic] },
      handle: async ({ records }) =>
        void values.push(...records.map(({ value }) => value)),
    });
    await part.start?.();
    return { ...part, values };
  }

  const publish = async (...values: readonly string[]) => {
    const bus = aBus();
    await bus.publish(
      values.map((value) => ({
        topic,
        value,
        key: newId(),
        headers: { value },
      })),
    );
    await bus.stop?.();
  };

  const cut = (kept: readonly string[]) =>
    cutTopics(client(), {
      ...{ from: past, groups: ["order", "payment"] },
      keep: (records) =>
        Promise.resolve(records.filter(({ value }) => kept.includes(value))),
      beforeDeleting: () => Promise.resolve(),
    });

  it("hold what is kept and nothing else, and groups begin there", async () => {
    await publish("one", "two", "three");
    const before = await aReader();
    await eventually(() => expect(before.values).toHaveLength(3), { within });
    await before.stop?.();
    await publish("four");

    expect(await cut(["one", "four"])).toEqual({ read: 4, kept: 2 });
    await publish("five");
    const after = await aReader();
    await eventually(
      () => expect(after.values.toSorted()).toEqual(["five", "four", "one"]),
      { within },
    );
    expect(await after.health?.()).toEqual({ status: "up" });
    await after.stop?.();
    expect(await cut(["one", "four", "five"])).toEqual({ read: 3, kept: 3 });
  }, 120_000);

  it("are left alone while somebody reads", async () => {
    const reader = await aReader();
    await eventually(() => expect(reader.values.length).toBe(3), { within });
    await expect(cut([])).rejects.toThrow(GroupsInUse);
    await reader.stop?.();
  }, 120_000);
}
