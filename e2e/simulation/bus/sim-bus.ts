import type { Bus, BusRecord, TopicLag } from "@cartwright/messaging/bus";
import type { Faults } from "../faults.ts";
import type { Kernel } from "../kernel.ts";
import { call, type Distance } from "../remote.ts";
import { unreachable, type Broker } from "./broker.ts";
import { GroupMember } from "./member.ts";

export type SimBusOptions = {
  readonly kernel: Kernel;
  readonly broker: Broker;
  readonly faults: Faults;
  readonly distance: Distance;
  /** How many records the next fetch brings at most, of as many as the subscriber allows. */
  readonly fetchSize: (most: number) => number;
  /** Whose client this is. */
  readonly name: string;
  /** Told before each publication, with whatever it is to be. */
  readonly onPublish?: (records: readonly BusRecord[]) => void;
};

/** A producer gives up waiting for its acknowledgement after this; the records may be appended all the same. */
const requestTimeout = 3_000;

/** One client of the simulated broker. What it has sent arrives though it dies. */
export function simBus(options: SimBusOptions): Bus {
  const { name } = options;
  let members = 0;
  return {
    name: `simulated bus of ${name}`,
    system: "kafka",
    async publish(records) {
      if (records.length === 0) return;
      options.onPublish?.(records);
      await Promise.all(
        requestsOf(options, records).map((request) => send(options, request)),
      );
    },
    subscribe(subscription) {
      members += 1;
      const member = new GroupMember({
        ...options,
        ...subscription,
        id: `${name}/${members}`,
      });
      return {
        name: `subscription ${subscription.group}`,
        start: async () => {
          member.start();
          await Promise.resolve();
        },
        stop: () => member.stop(),
        health: () => ({ status: "up" }),
      };
    },
    lag: (group, topics) => lagOf(options, group, topics),
    health: () => ({ status: "up" }),
  };
}

function lagOf(
  { kernel, broker, distance }: SimBusOptions,
  group: string,
  topics: readonly string[],
): Promise<TopicLag[]> {
  return call<TopicLag[]>(kernel, distance, ({ give, refuse }) => {
    if (broker.down) {
      refuse(unreachable());
      return;
    }
    const { committed } = broker.group(group);
    const behindIn = (partition: string) =>
      broker.end(partition) - (committed.get(partition) ?? 0);
    give(
      topics.map((topic) => ({
        topic,
        behind: broker
          .partitionsOf(topic)
          .reduce((sum, partition) => sum + behindIn(partition), 0),
      })),
    );
  });
}

/** One request to each of two brokers, that lead every other partition. */
function requestsOf(
  { broker }: SimBusOptions,
  records: readonly BusRecord[],
): BusRecord[][] {
  const isEven = (record: BusRecord) =>
    /[02468]$/.test(broker.partitionOf(record));
  return [
    records.filter(isEven),
    records.filter((record) => !isEven(record)),
  ].filter(({ length }) => length > 0);
}

function send(
  options: SimBusOptions,
  records: readonly BusRecord[],
): Promise<void> {
  const { kernel, broker, faults, distance } = options;
  return call<undefined>(kernel, distance, (answer) => {
    if (broker.down || faults.happens("publish-refused")) {
      answer.refuse(unreachable());
      return;
    }
    if (faults.happens("publish-late")) {
      kernel.schedule(kernel.random() * 4 * requestTimeout, () =>
        broker.append(records),
      );
      kernel.schedule(requestTimeout, () => answer.refuse(timedOut()));
      return;
    }
    if (faults.happens("publish-in-part")) {
      broker.append(records.slice(0, kernel.integer(0, records.length - 1)));
      answer.refuse(timedOut());
      return;
    }
    broker.append(records);
    if (faults.happens("publish-twice")) broker.append(records);
    if (faults.happens("publish-ack-lost")) answer.refuse(timedOut());
    else answer.give(undefined);
  });
}

const timedOut = (): Error =>
  Object.assign(new Error("The broker has not answered in time."), {
    code: "REQUEST_TIMED_OUT",
  });
