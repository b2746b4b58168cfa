import type { Rows } from "./intercepted.ts";
import { intercepted } from "./intercepted.ts";
import type { PlantedBug } from "./planted-bug.ts";

/** The relay remembers the last position it has read: rows that commit late stay behind for ever. */
export function lastIdRelay(): PlantedBug {
  return {
    database(db) {
      let last = 0;
      return intercepted(db, {
        async "relay-exchange"(values, proceed) {
          const rows = await proceed(values.with(4, last));
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
  const locks = new Map<
    string,
    { readonly owner: object; readonly at: number }
  >();
  return {
    database(db) {
      const self = {};
      const nameOf = ({ position }: Record<string, unknown>) =>
        `${db.schema} ${String(position)}`;
      const isFree = (row: Record<string, unknown>) => {
        const lock = locks.get(nameOf(row));
        return lock === undefined || performance.now() - lock.at > lockedAtMost;
      };
      return intercepted(db, {
        "lease-acquire": ([name, , time], proceed) =>
          proceed([name, sharedHolder, time]),
        async "relay-exchange"([, ...rest], proceed) {
          for (const [row, { owner }] of locks)
            if (owner === self) locks.delete(row);
          const rows = await proceed([sharedHolder, ...rest]);
          const free = rows.filter(isFree).slice(0, 3);
          const lock = { owner: self, at: performance.now() };
          for (const row of free) locks.set(nameOf(row), lock);
          return free;
        },
      });
    },
  };
}

/** Until then the session of a process that has died would have ended. */
const lockedAtMost = 5_000;
const sharedHolder = "00000000-0000-7000-8000-000000000000";

/** A relay that was held up goes on although its lease has passed to another. */
export function staleLeasePublishes(): PlantedBug {
  const current = new Map<string, readonly unknown[]>();
  return {
    database(db) {
      let granted: Awaited<Rows> = [];
      return intercepted(db, {
        async "lease-acquire"(values, proceed) {
          const rows = await proceed(values);
          if (rows.length === 0) return granted;
          current.set(db.schema, [values[1], rows[0]?.["token"]]);
          granted = rows;
          return rows;
        },
        // The database would refuse what comes under an old token.
        "relay-exchange": ([holder, token, ...rest], proceed) =>
          proceed([...(current.get(db.schema) ?? [holder, token]), ...rest]),
      });
    },
  };
}
