import { setTimeout as sleep } from "node:timers/promises";
import { serviceNames } from "@cartwright/contracts/services";
import { topics } from "@cartwright/contracts/topics";
import { seconds } from "@cartwright/kernel/duration";
import type { BusRecord, ReceivedRecord } from "@cartwright/messaging/bus";
import { resetOffsets } from "@cartwright/messaging/dev/reset-offsets";
import { kafkaBus } from "@cartwright/messaging/kafka-bus";
import { silentLogger as logger } from "@cartwright/observability/logger";
import type { Fault } from "../chaos.ts";
import { outcome } from "./broker-faults.ts";
import type { Surroundings } from "./surroundings.ts";

type Given = () => Surroundings;

/**
 * All services are stopped for longer than their sessions, so that their groups are empty, and wake up as
 * members of a past generation whose groups begin again.
 */
export const offsetsReset = (given: Given): Fault => ({
  id: "F22",
  name: "offsets-reset",
  about: "every group set back to the first record of every topic",
  async run(chaos) {
    const brokers = given().cluster.addresses;
    const pids = serviceNames.flatMap((name) => chaos.pidsOf(name));
    for (const pid of pids) process.kill(pid, "SIGSTOP");
    let records: number;
    try {
      const groups = serviceNames.map(String);
      const client = { brokers, clientId: "chaos", logger };
      records = await resetOffsets(client, groups);
    } finally {
      for (const pid of pids) process.kill(pid, "SIGCONT");
    }
    const { recoveries } = await outcome(chaos, 1);
    const notes = [`${records} records were read again`];
    return { injected: 1, recoveries, notes };
  },
});

const repeatFor = seconds(20);
const mostRepeats = 4;
const every = 100;
/** Of records older than the fault, so many come again: long after their successors. */
const ofOld = 0.05;
const mark = "x-repeated";

/** Every message comes one to five times, and the repetitions in any order. */
export const messagesRepeated = (given: Given): Fault => ({
  id: "F25, F26",
  name: "messages-repeated",
  about: `for ${repeatFor / 1_000} s every message one to ${mostRepeats + 1} times, repetitions in any order`,
  async run(chaos) {
    const bus = kafkaBus({
      brokers: given().cluster.addresses,
      clientId: "repeater",
      logger,
    });
    const since = Date.now();
    const pool: BusRecord[] = [];
    const listening = bus.subscribe({
      group: "repeater",
      topics,
      async handle({ records }) {
        await Promise.resolve();
        pool.push(...records.flatMap((record) => repetitions(record, since)));
      },
    });
    await listening.start?.();
    const repeated = await publishFrom(pool, (records) => bus.publish(records));
    await listening.stop?.();
    await bus.stop?.();
    const { recoveries } = await outcome(chaos, repeated);
    return { injected: repeated, recoveries };
  },
});

function repetitions(record: ReceivedRecord, since: number): BusRecord[] {
  const { topic, key, headers, value } = record;
  if (headers[mark] !== undefined) return [];
  const isOld = Date.parse(headers["ce_time"] ?? "") < since;
  if (isOld && Math.random() > ofOld) return [];
  const times = Math.floor(Math.random() * (mostRepeats + 1));
  const copy = { topic, key, value, headers: { ...headers, [mark]: "true" } };
  return Array.from({ length: isOld ? 1 : times }, () => copy);
}

/** Publishes what gathers in the pool, a random part of it at a time. Returns how many that were. */
async function publishFrom(
  pool: BusRecord[],
  publish: (records: readonly BusRecord[]) => Promise<void>,
): Promise<number> {
  const end = performance.now() + repeatFor;
  let published = 0;
  while (performance.now() < end) {
    const chosen: BusRecord[] = [];
    for (let left = Math.min(200, pool.length); left > 0; left -= 1) {
      const [record] = pool.splice(Math.floor(Math.random() * pool.length), 1);
      if (record) chosen.push(record);
    }
    await publish(chosen);
    published += chosen.length;
    await sleep(every);
  }
  return published;
}
