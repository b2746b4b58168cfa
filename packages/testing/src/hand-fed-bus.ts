import type {
  Bus,
  ReceivedRecord,
  SubscribeOptions,
} from "@cartwright/messaging/bus";

export type HandFedBus = Bus & {
  /** Hands the records to every group, as one fetch would; rejects when one of them does. */
  feed(records: readonly ReceivedRecord[]): Promise<void>;
};

/** A bus without a broker: what is published goes nowhere, what is fed arrives. */
export function handFedBus(): HandFedBus {
  const subscriptions: SubscribeOptions[] = [];
  return {
    name: "hand-fed bus",
    system: "kafka",
    publish: () => Promise.resolve(),
    subscribe(options) {
      subscriptions.push(options);
      return { name: `subscription ${options.group}` };
    },
    async feed(records) {
      for (const { topics, handle } of subscriptions) {
        const wanted = records.filter(({ topic }) => topics.includes(topic));
        if (wanted.length === 0) continue;
        await handle({
          records: wanted,
          settle: () => Promise.resolve(),
          heartbeat: () => Promise.resolve(),
        });
      }
    },
  };
}
