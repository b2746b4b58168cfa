import type { Rows } from "./intercepted.ts";
import { intercepted } from "./intercepted.ts";
import type { PlantedBug } from "./planted-bug.ts";

/** The relay remembers the last position it has read: rows that commit late stay behind for ever. */
export function lastIdRelay(): PlantedBug {
  return {
    database(db) {
      let last = 0;
      return intercepted(db, {
        async "relay-exchange"([holder, token, published, limit], proceed) {
          const rows = await proceed([holder, token, published, limit, last]);
          for (const { position } of rows)
            last = Math.max(last, Number(position));
          return rows;
        },
      });
    },
  };
}

/**
 * Every process has its relay, and they share the rows as `SKIP LOCKED` would: each passes over what
 * another has in hand, and publishes what comes behind it.
 */
export function twoRelays(): PlantedBug {
  const inHand = new Map<string, object>();
  return {
    database(db) {
      const self = {};
      return intercepted(db, {
        "lease-acquire": ([name, , time], proceed) =>
          proceed([name, sharedHolder, time]),
        async "relay-exchange"(values, proceed) {
          const mine = (position: unknown) =>
            `${db.schema} ${String(position)}`;
          for (const [row, owner] of inHand)
            if (owner === self && row.startsWith(`${db.schema} `))
              inHand.delete(row);
          const rows = await proceed(values);
          const free = rows
            .filter(({ position }) => !inHand.has(mine(position)))
            .slice(0, 3);
          for (const { position } of free) inHand.set(mine(position), self);
          return free;
        },
      });
    },
  };
}

const sharedHolder = "00000000-0000-7000-8000-000000000000";

/** A relay that was held up goes on although its lease has passed to another. */
export function staleLeasePublishes(): PlantedBug {
  const current = new Map<string, readonly unknown[]>();
  return {
    database(db) {
      let first: Awaited<Rows> | undefined;
      return intercepted(db, {
        async "lease-acquire"(values, proceed) {
          if (first) return first;
          const rows = await proceed(values);
          if (rows.length === 0) return rows;
          current.set(db.schema, [values[1], rows[0]?.["token"]]);
          first = rows;
          return rows;
        },
        // The database would refuse what comes under an old token.
        "relay-exchange": ([holder, token, ...rest], proceed) =>
          proceed([...(current.get(db.schema) ?? [holder, token]), ...rest]),
      });
    },
  };
}
