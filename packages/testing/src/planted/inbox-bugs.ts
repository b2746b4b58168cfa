import type { Bus } from "@cartwright/messaging/bus";
import { intercepted, type Interception } from "./intercepted.ts";
import type { PlantedBug } from "./planted-bug.ts";

const events = "inbox-record-events";
const commands = "inbox-record-commands";

/** Every message counts as new, however often it comes. */
export const noInbox = (): PlantedBug => {
  const blind: Interception = async (values, proceed) => {
    await proceed(values);
    return [];
  };
  return {
    database: (db) => intercepted(db, { [events]: blind, [commands]: blind }),
  };
};

/** The inbox is written in a transaction of its own, before that of the effects. */
export const inboxOutsideTheTransaction = (): PlantedBug => ({
  database: (db) => {
    const apart =
      (name: string): Interception =>
      (values, _proceed, outside) =>
        outside({ name, text: "" }, values);
    return intercepted(db, {
      [events]: apart(events),
      [commands]: apart(commands),
    });
  },
});

const remembered = 3_000;

/** What was handled is forgotten after a few seconds, long before the broker forgets it. */
export const inboxPurgedEarly = (): PlantedBug => {
  const handledAt = new Map<string, number>();
  return {
    database: (db) =>
      intercepted(db, {
        async [commands]([consumer, ids, attempts], proceed) {
          const seen = await proceed([consumer, ids, attempts]);
          const now = performance.now();
          const places = new Set(seen.map(({ place }) => place));
          const forgotten = (ids as string[]).flatMap((id, index) => {
            const name = `${db.schema} ${id}#${(attempts as number[])[index]}`;
            const at = handledAt.get(name) ?? now;
            const isForgotten = now - at > remembered && places.has(index + 1);
            handledAt.set(name, isForgotten ? now : at);
            return isForgotten ? [index + 1] : [];
          });
          const gone = new Set<unknown>(forgotten);
          return seen.filter(({ place }) => !gone.has(place));
        },
      }),
  };
};

/** The broker is told that a batch is done when it is handed over. */
export const offsetBeforeTheTransaction = (): PlantedBug => ({
  bus: (bus): Bus => ({
    name: bus.name,
    system: bus.system,
    start: async () => bus.start?.(),
    stop: async () => bus.stop?.(),
    health: () => bus.health?.() ?? { status: "up" },
    publish: (records) => bus.publish(records),
    subscribe: (options) =>
      bus.subscribe({
        ...options,
        handle(batch) {
          options.handle(batch).catch(() => undefined);
          return Promise.resolve();
        },
      }),
  }),
});
