import { newId } from "@cartwright/kernel/ids";
import type { Batch, Bus, BusRecord, ReceivedRecord } from "../src/bus.ts";

/** A bus under the test's hand: `published` is what was sent, `deliver` is what arrives. */
export type ScriptedBus = Bus & {
  readonly published: BusRecord[];
  /** Makes the next publications fail with this, until it is undefined again. */
  failure: Error | undefined;
  /** Hands a batch to the one subscriber and resolves when it is handled. What has no position gets the next. */
  deliver(
    records: readonly (BusRecord & { readonly position?: string })[],
    settle?: Batch["settle"],
    heartbeat?: Batch["heartbeat"],
  ): Promise<void>;
};

const nothing = () => Promise.resolve();

export function scriptedBus(): ScriptedBus {
  let handle: ((batch: Batch) => Promise<void>) | undefined;
  let offset = 0;
  const bus: ScriptedBus = {
    name: "scripted bus",
    system: "kafka",
    published: [],
    failure: undefined,
    async publish(records) {
      await Promise.resolve();
      if (bus.failure) throw bus.failure;
      bus.published.push(...records);
    },
    subscribe(options) {
      handle = options.handle;
      return { name: options.group };
    },
    async deliver(records, settle = nothing, heartbeat = nothing) {
      const received: ReceivedRecord[] = records.map((record) => {
        offset += 1;
        return { position: `${record.topic}/0@${offset}`, ...record };
      });
      await handle?.({
        ...{ records: received, settle, heartbeat },
      });
    },
  };
  return bus;
}

/** An event about an order as it would come from Kafka. */
export function orderRecord(
  key: string,
  sequence: number,
  overrides: { headers?: Record<string, string>; value?: string } = {},
): BusRecord {
  return {
    topic: "order-events",
    key,
    headers: {
      ce_id: newId(),
      ce_type: "order.OrderCompleted.v1",
      ce_source: "order",
      ce_subject: `order/${key}`,
      ce_time: new Date().toISOString(),
      ce_sequence: String(sequence),
      ce_correlationid: newId(),
      ...overrides.headers,
    },
    value:
      overrides.value ??
      JSON.stringify({
        orderId: key,
        customerId: newId(),
        completedAt: new Date().toISOString(),
      }),
  };
}
