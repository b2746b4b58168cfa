import type { Bus } from "@cartwright/messaging/bus";

/**
 * A bus that delivers every record four times over: twice in its batch, and the whole batch once
 * more as if the consumer had died after its work and before its cursor moved.
 */
export const duplicatingBus = (bus: Bus): Bus => ({
  ...bus,
  subscribe: (options) =>
    bus.subscribe({
      ...options,
      async handle(batch) {
        const records = batch.records.flatMap((record) => [record, record]);
        const unsettled = { ...batch, settle: () => Promise.resolve() };
        await options.handle({ ...unsettled, records });
        await options.handle({ ...batch, records });
      },
    }),
});
