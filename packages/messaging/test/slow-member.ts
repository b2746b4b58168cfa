import { setTimeout as sleep } from "node:timers/promises";
import { busAt, type BusAddress } from "./bus-address.ts";

/**
 * A member that handles `perSecond` records until a signal says that it need not hold back. Twice a second it
 * prints how many it has handled and the bytes that it holds on to: all that is left after a collection.
 */
const { address, group, topics, perSecond } = JSON.parse(
  process.argv[2] ?? "{}",
) as {
  address: BusAddress;
  group: string;
  topics: string[];
  perSecond: number;
};
let isSlow = true;
process.on("SIGUSR2", () => void (isSlow = false));

let handled = 0;
const bus = busAt(address);
await bus.start?.();
await bus
  .subscribe({
    group,
    topics,
    async handle({ records, heartbeat }) {
      for (const due of records.keys()) {
        if (isSlow && due % 10 === 9) await sleep(10_000 / perSecond);
        if (due % 100 === 99) await heartbeat();
      }
      handled += records.length;
    },
  })
  .start?.();

setInterval(() => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  const held = heapUsed + external;
  process.stdout.write(`${JSON.stringify({ handled, held })}\n`);
}, 500);
