import type { Bus } from "@cartwright/messaging/bus";
import { intercepted, type Interception } from "./intercepted.ts";
import type { PlantedBug } from "./planted-bug.ts";

const events = "inbox-record-events";
const commands = "inbox-record-commands";

/** Every message counts as new, however often it comes. */
export const noInbox = (): PlantedBug => ({
  database: (db) =>
    intercepted(db, {
      [events]: async (values, proceed) => {
        await proceed(values);
        return (values[1] as string[]).map((id) => ({ id }));
      },
      [commands]: async (values, proceed) => {
        await proceed(values);
        const attempts = values[2] as number[];
        return (values[1] as string[]).map((id, index) => ({
          id,
          attempt: attempts[index],
        }));
      },
    }),
});

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
  const forgetful =
    (
      key: (values: readonly unknown[], index: number) => string,
      row: (
        values: readonly unknown[],
        index: number,
      ) => Record<string, unknown>,
    ): Interception =>
    async (values, proceed) => {
      const fresh = await proceed(values);
      const now = performance.now();
      const known = new Set(fresh.map((one) => JSON.stringify(one)));
      const ids = values[1] as string[];
      ids.forEach((_, index) => {
        const name = key(values, index);
        const at = handledAt.get(name);
        if (at === undefined) handledAt.set(name, now);
        else if (
          now - at > remembered &&
          !known.has(JSON.stringify(row(values, index)))
        ) {
          handledAt.set(name, now);
          fresh.push(row(values, index));
        }
      });
      return fresh;
    };
  return {
    database: (db) =>
      intercepted(db, {
        [commands]: forgetful(
          (values, index) =>
            `${db.schema} ${(values[1] as string[])[index]}#${(values[2] as number[])[index]}`,
          (values, index) => ({
            id: (values[1] as string[])[index],
            attempt: (values[2] as number[])[index],
          }),
        ),
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
