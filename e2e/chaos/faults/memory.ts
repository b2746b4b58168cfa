import { setTimeout as sleep } from "node:timers/promises";
import { minutes, seconds, type Duration } from "@cartwright/kernel/duration";
import { newId } from "@cartwright/kernel/ids";
import { freePorts } from "@cartwright/testing/free-ports";
import type { Platform } from "../../support/platform.ts";
import type { Chaos, Fault } from "../chaos.ts";
import {
  startReplica,
  toldTo,
  type Environment,
  type Replica,
} from "../replicas.ts";
import { takeDown } from "./service-down.ts";

/** MiB; the process needs about half of it for itself. */
const heap = 96;
const large = 150;
const atATime = 10;
/** What the one process is called that is to fill its memory. */
const name = "analytics-small";

/** A consumer with little memory runs out of it in the middle of a batch, and then handles it after all. */
export const memoryExhausted = (): Fault => ({
  id: "F13",
  name: "memory-exhausted",
  about: `analytics with a heap of ${heap} MiB runs out of it in a batch, behind a backlog with ${large} messages of 60 KB`,
  async run(chaos) {
    const { platform, plans } = chaos;
    const told = toldTo("analytics");
    const analytics = takeDown(chaos, "analytics");
    await putManyOnSale(chaos);
    const last = newId();
    const waiting = await unheard(platform, last);
    const filling = [
      {
        service: name,
        point: "consumer.after-inbox",
        pass: 2,
        signal: "SIGABRT",
      },
    ] as const;
    plans.arm(0, filling);
    const small = await startSmall(told);
    try {
      const took = await untilHeard(platform, last);
      const ends = small.ends().join(", ");
      if (ends !== "SIGABRT")
        throw new Error(`The small process should end once, not by: ${ends}`);
      const note = `${waiting} messages waited, and were handled within ${(took / 1_000).toFixed(1)} s by a process that ended once`;
      chaos.faultEnded();
      return { injected: 1, recoveries: [took], notes: [note] };
    } finally {
      plans.disarm(filling);
      analytics.comeBack();
      await small.stop();
    }
  },
});

async function putManyOnSale(chaos: Chaos): Promise<void> {
  let left = large;
  const one = async () => {
    while (left-- > 0) await chaos.putLargeOnSale();
  };
  await Promise.all(Array.from({ length: atATime }, one));
}

async function startSmall(told: Environment): Promise<Replica> {
  const { NODE_OPTIONS = "" } = told;
  return startReplica("analytics", await freePorts(1), {
    ...told,
    CRASH_NAME: name,
    NODE_OPTIONS: `${NODE_OPTIONS} --max-old-space-size=${heap}`,
  });
}

const heardWithin = minutes(2);

async function untilHeard(platform: Platform, last: string): Promise<Duration> {
  const began = performance.now();
  while ((await unheard(platform, last)) > 0) {
    if (performance.now() - began > heardWithin)
      throw new Error("The messages are not handled.");
    await sleep(seconds(0.5));
  }
  return performance.now() - began;
}

/** Events of before `last`, an id, that analytics has yet to put into its archive. */
async function unheard({ sql }: Platform, last: string): Promise<number> {
  const [row] = await sql<{ count: number }>(
    `SELECT count(*)::int AS count FROM chaos.outbox_history AS event
     WHERE attempt IS NULL AND id < $1
       AND NOT EXISTS (SELECT FROM analytics.event_archive WHERE id = event.id)`,
    [last],
  );
  return row?.count ?? 0;
}
