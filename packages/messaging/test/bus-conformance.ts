import { spawn } from "node:child_process";
import { once } from "node:events";
import { join as joinPath } from "node:path";
import type { Transact } from "@cartwright/database/tx";
import { newId } from "@cartwright/kernel/ids";
import type { Part } from "@cartwright/kernel/part";
import type {
  Batch,
  Bus,
  BusRecord,
  SubscribeOptions,
} from "@cartwright/messaging/bus";
import { eventually } from "@cartwright/testing/eventually";
import type { BusAddress } from "./bus-address.ts";

export type BusUnderTest = {
  /** Opens the same broker again, as another process would. The caller starts and stops it. */
  open(): Bus;
  /** How a process of its own finds the broker. */
  readonly address?: BusAddress;
  /** Where no process can reach it: starts a member that takes a batch and never finishes it. */
  hangingMember?(group: string, topics: readonly string[]): Promise<Victim>;
  createTopics(topics: readonly string[]): Promise<void>;
  /** Transactions of a consumer. */
  readonly transaction: Transact;
  stop(): Promise<void>;
};

/** Somebody with a batch in hand. */
export type Victim = { kill(signal: "SIGKILL"): unknown };

/** What every bus must do; each adapter is held to it against its real broker. */
export function itIsABus(setUp: () => Promise<BusUnderTest>): void {
  let world: BusUnderTest;
  let bus: Bus;
  let parts: Part[] = [];
  beforeAll(async () => {
    world = await setUp();
    bus = world.open();
    await bus.start?.();
  }, 120_000);
  afterAll(async () => {
    await bus.stop?.();
    await world.stop();
  }, 60_000);
  afterEach(async () => {
    for (const part of parts.reverse()) await part.stop?.();
    parts = [];
  }, 60_000);

  async function someTopics(count: number): Promise<string[]> {
    const topics = Array.from({ length: count }, () => `t-${newId()}`);
    await world.createTopics(topics);
    return topics;
  }

  async function openAnother(): Promise<Bus> {
    const another = world.open();
    await another.start?.();
    parts.push(another);
    return another;
  }

  type Member = Part & { readonly values: string[]; readonly batches: Batch[] };

  /** Handles like a service does: settles in its transaction. */
  async function join(
    options: Omit<SubscribeOptions, "handle"> &
      Partial<Pick<SubscribeOptions, "handle">>,
    on: Bus = bus,
  ): Promise<Member> {
    const member = { values: [] as string[], batches: [] as Batch[] };
    const part = on.subscribe({
      ...options,
      async handle(batch) {
        await options.handle?.(batch);
        await world.transaction((tx) => batch.settle(tx));
        member.batches.push(batch);
        member.values.push(...batch.records.map(({ value }) => value));
      },
    });
    await part.start?.();
    let stopped = false;
    const joined: Member = {
      ...member,
      name: part.name,
      async stop() {
        if (!stopped) await part.stop?.();
        stopped = true;
      },
    };
    parts.push(joined);
    return joined;
  }

  const record = (topic: string, key: string, value: string): BusRecord => ({
    topic,
    key,
    value,
    headers: { ce_id: newId(), ce_note: "schön" },
  });
  const numbers = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => String(from + index));
  const group = () => `g-${newId()}`;

  it("delivers a record as it was published", async () => {
    const [topic = ""] = await someTopics(1);
    const sent = record(topic, "key", '{"naïve":"✓"}');
    await bus.publish([sent]);
    const member = await join({ group: group(), topics: [topic] });
    const [received] = await eventually(() => {
      expect(member.batches).toHaveLength(1);
      return member.batches[0]!.records;
    });
    expect(received).toEqual({ ...sent, position: expect.any(String) });
  });

  it("keeps the order of each key, over many topics and batches", async () => {
    const topics = await someTopics(2);
    const member = await join({ group: group(), topics, maxBatch: 7 });
    const keys = ["a", "b", "c", "d", "e"];
    for (const n of numbers(0, 40)) {
      await bus.publish(
        topics.flatMap((topic) =>
          keys.map((key) => record(topic, key, `${topic} ${key} ${n}`)),
        ),
      );
    }
    await eventually(() => expect(member.values).toHaveLength(400));
    for (const topic of topics) {
      for (const key of keys) {
        const own = member.values.filter((v) =>
          v.startsWith(`${topic} ${key}`),
        );
        expect(own).toEqual(numbers(0, 40).map((n) => `${topic} ${key} ${n}`));
      }
    }
  });

  it("gives every record to every group, also to one that comes later", async () => {
    const topics = await someTopics(2);
    const early = await join({ group: group(), topics });
    const values = numbers(0, 30);
    await bus.publish(values.map((n) => record(topics[Number(n) % 2]!, n, n)));
    await eventually(() => expect(early.values).toHaveLength(30));
    const late = await join({ group: group(), topics });
    await eventually(() => expect(late.values).toHaveLength(30));
    expect(sorted(late.values)).toEqual(sorted(values));
    expect(sorted(early.values)).toEqual(sorted(values));
  });

  it("delivers a rejected batch again, and then what came meanwhile", async () => {
    const topics = await someTopics(1);
    const seen: string[][] = [];
    const member = await join({
      group: group(),
      topics,
      async handle({ records }) {
        seen.push(records.map(({ value }) => value));
        if (seen.length < 3) throw new TypeError("not today");
        return Promise.resolve();
      },
    });
    await bus.publish([
      record(topics[0]!, "k", "1"),
      record(topics[0]!, "k", "2"),
    ]);
    await eventually(() => expect(seen.length).toBeGreaterThan(0));
    await bus.publish([record(topics[0]!, "k", "3")]);
    await eventually(() => expect(member.values).toEqual(["1", "2", "3"]));
    expect(seen[1]!.slice(0, 2)).toEqual(["1", "2"].slice(0, seen[1]!.length));
  });

  it("loses nothing when a member dies with a batch in hand", async () => {
    const topics = await someTopics(1);
    const shared = group();
    await bus.publish(numbers(0, 20).map((n) => record(topics[0]!, n, n)));
    const victim = world.hangingMember
      ? await world.hangingMember(shared, topics)
      : await hangingProcess(world.address!, shared, topics);
    const heir = await join({ group: shared, topics });
    victim.kill("SIGKILL");
    await eventually(
      () => expect(sorted(heir.values)).toEqual(sorted(numbers(0, 20))),
      {
        within: 25_000,
      },
    );
  }, 40_000);

  it("resumes a stopped group where it was", async () => {
    const topics = await someTopics(2);
    const same = { group: group(), topics };
    const first = await join(same);
    await bus.publish(numbers(0, 20).map((n) => record(topics[0]!, n, n)));
    await eventually(() => expect(first.values).toHaveLength(20));
    await first.stop?.();
    await bus.publish(numbers(20, 40).map((n) => record(topics[1]!, n, n)));
    const second = await join(same);
    await eventually(() =>
      expect(second.values.length).toBeGreaterThanOrEqual(20),
    );
    expect(sorted(second.values)).toEqual(sorted(numbers(20, 40)));
  });

  it("reads a topic that a group adds from its beginning, and repeats no other", async () => {
    const [old = "", added = ""] = await someTopics(2);
    const shared = group();
    const before = await join({ group: shared, topics: [old] });
    await bus.publish([
      record(added, "k", "added 1"),
      record(old, "k", "old 1"),
    ]);
    await eventually(() => expect(before.values).toEqual(["old 1"]));
    await before.stop?.();
    const after = await join({ group: shared, topics: [old, added] });
    await bus.publish([record(old, "k", "old 2")]);
    await eventually(() =>
      expect(sorted(after.values)).toEqual(["added 1", "old 2"]),
    );
  });

  it("gives each record to one member of a group, also while members come and go", async () => {
    const topics = await someTopics(2);
    const shared = { group: group(), topics };
    const first = await join(shared);
    const publish = (from: number, to: number) =>
      bus.publish(
        numbers(from, to).map((n) => record(topics[Number(n) % 2]!, n, n)),
      );
    await publish(0, 50);
    await eventually(() => expect(first.values).toHaveLength(50));
    const second = await join(shared, await openAnother());
    for (let n = 50; n < 250; n += 10) await publish(n, n + 10);
    await eventually(() =>
      expect(first.values.length + second.values.length).toBeGreaterThanOrEqual(
        250,
      ),
    );
    await second.stop?.();
    await publish(250, 300);
    const all = () => [...first.values, ...second.values];
    await eventually(() => expect(all().length).toBeGreaterThanOrEqual(300));
    expect(sorted(all())).toEqual(sorted(numbers(0, 300)));
  }, 40_000);

  it("has one batch in flight, merges topics and respects the limit of a batch", async () => {
    const topics = await someTopics(3);
    let inFlight = 0;
    let most = 0;
    await bus.publish(
      numbers(0, 60).map((n) => record(topics[Number(n) % 3]!, n, n)),
    );
    const member = await join({
      group: group(),
      topics,
      maxBatch: 25,
      async handle(batch) {
        inFlight += 1;
        most = Math.max(most, inFlight);
        await batch.heartbeat();
        await new Promise(setImmediate);
        inFlight -= 1;
      },
    });
    await eventually(() => expect(member.values).toHaveLength(60));
    expect(most).toBe(1);
    const sizes = member.batches.map(({ records }) => records.length);
    expect(Math.max(...sizes)).toBe(25);
    expect(
      member.batches.some(
        ({ records }) => new Set(records.map(({ topic }) => topic)).size > 1,
      ),
    ).toBe(true);
  });

  it("gathers larger batches for a group that nobody waits for", async () => {
    const topics = await someTopics(1);
    const [patient, hasty] = await Promise.all([
      join({ group: group(), topics, gather: 300 }),
      join({ group: group(), topics }),
    ]);
    const bothHave = async (values: readonly string[]) => {
      for (const member of [patient, hasty])
        await eventually(() => expect(member.values).toEqual(values));
    };
    // What is published before a member reads comes to it at once.
    await bus.publish([record(topics[0]!, "a", "first")]);
    await bothHave(["first"]);
    for (const n of numbers(0, 30)) {
      await bus.publish([record(topics[0]!, "a", n)]);
    }
    await bothHave(["first", ...numbers(0, 30)]);
    expect(patient.batches.length).toBeLessThan(hasty.batches.length);
  });

  it("finishes the batch in hand when it is stopped, and begins no other", async () => {
    const topics = await someTopics(1);
    const release = Promise.withResolvers<undefined>();
    const entered = Promise.withResolvers<undefined>();
    const member = await join({
      group: group(),
      topics,
      maxBatch: 1,
      async handle() {
        entered.resolve(undefined);
        await release.promise;
      },
    });
    await bus.publish([
      record(topics[0]!, "k", "1"),
      record(topics[0]!, "k", "2"),
    ]);
    await entered.promise;
    const stopped = member.stop?.();
    release.resolve(undefined);
    await stopped;
    expect(member.values).toEqual(["1"]);
  });

  it("keeps what was published when everybody has left", async () => {
    const topics = await someTopics(1);
    const publisher = world.open();
    await publisher.start?.();
    await publisher.publish([record(topics[0]!, "k", "kept")]);
    await publisher.stop?.();
    const member = await join({ group: group(), topics }, await openAnother());
    await eventually(() => expect(member.values).toEqual(["kept"]));
  });

  it("says how far behind a group is", async () => {
    const topics = await someTopics(2);
    const shared = { group: group(), topics };
    const lag = () => bus.lag?.(shared.group, topics);
    const behind = async () =>
      (await lag())?.reduce((sum, one) => sum + one.behind, 0);
    const release = Promise.withResolvers<undefined>();
    const member = await join({
      ...shared,
      maxBatch: 10,
      handle: async ({ records }) => {
        if (records.some(({ value }) => value === "10")) await release.promise;
      },
    });
    const [one = "", other = ""] = topics;
    await bus.publish(numbers(0, 10).map((n) => record(one, "k", n)));
    await eventually(async () => {
      expect(member.values).toHaveLength(10);
      expect(await behind()).toBe(0);
    });
    await bus.publish(numbers(10, 15).map((n) => record(other, "k", n)));
    try {
      await eventually(async () => expect(await behind()).toBe(5));
    } finally {
      release.resolve(undefined);
    }
    await eventually(async () => expect(await behind()).toBe(0));
    const read = (await lag())?.map(({ topic }) => topic);
    expect(read?.toSorted()).toEqual(topics.toSorted());
  });

  it("shows that it is well", async () => {
    const topics = await someTopics(1);
    const member = bus.subscribe({
      group: group(),
      topics,
      handle: async () => Promise.resolve(),
    });
    await member.start?.();
    parts.push(member);
    await eventually(async () =>
      expect(await member.health?.()).toEqual({ status: "up" }),
    );
    expect(await bus.health?.()).toEqual({ status: "up" });
  });
}

const sorted = (values: readonly string[]) =>
  values.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));

/** A process that takes a batch, says so, and never finishes it. */
async function hangingProcess(
  address: BusAddress,
  group: string,
  topics: readonly string[],
): Promise<Victim> {
  const victim = spawn(
    process.execPath,
    [
      joinPath(import.meta.dirname, "hanging-member.ts"),
      JSON.stringify({ address, group, topics }),
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(victim.stdout, "data");
  return victim;
}
