import { busAt, type BusAddress } from "./bus-address.ts";

const { address, group, topics } = JSON.parse(process.argv[2] ?? "{}") as {
  address: BusAddress;
  group: string;
  topics: string[];
};
const bus = busAt(address);
await bus.start?.();
await bus
  .subscribe({
    group,
    topics,
    handle: () =>
      new Promise(() => process.stdout.write("has a batch in hand\n")),
  })
  .start?.();
setInterval(() => undefined, 1_000); // stays until it is killed
