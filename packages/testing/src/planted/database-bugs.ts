import { isRetryable } from "@cartwright/database/is-retryable";
import { statement } from "@cartwright/database/tx";
import { intercepted, transactionsBy } from "./intercepted.ts";
import type { PlantedBug } from "./planted-bug.ts";

type Piles = { sku: string; available: number; reserved: number; sold: number };

/**
 * Stock is read without a lock, and what was calculated from it is written over what is there by then.
 * (Our store adds differences, which a CHECK would refuse: that is taken away too.)
 */
export const reserveByReadThenWrite = (): PlantedBug => ({
  database(db) {
    const read = new Map<string, Piles>();
    const load = statement("stock-load", "");
    return intercepted(db, {
      async "stock-load"(values, _proceed, outside) {
        const rows = await outside(load, values);
        for (const row of rows as unknown as Piles[])
          read.set(row.sku, { ...row });
        return rows;
      },
      async "stock-save"([skus, ...columns], proceed, outside) {
        const [available, reserved, sold, sequences] = columns as number[][];
        const names = skus as string[];
        const present = new Map(
          ((await outside(load, [names])) as unknown as Piles[]).map((row) => [
            row.sku,
            row,
          ]),
        );
        const over = (
          pile: Exclude<keyof Piles, "sku">,
          changes: number[] = [],
        ) =>
          names.map((sku, index) => {
            const was = read.get(sku)?.[pile] ?? 0;
            const is = present.get(sku)?.[pile] ?? 0;
            return was + (changes[index] ?? 0) - is;
          });
        return proceed([
          names,
          over("available", available),
          over("reserved", reserved),
          over("sold", sold),
          sequences,
        ]);
      },
    });
  },
});

/** Only Prisma's code P2034 is retried; every other form of the same failure counts as final. */
export const onlyP2034IsRetried = (): PlantedBug => ({
  database(db) {
    const once = transactionsBy(db, (tx) => async (given, values) => {
      try {
        return await tx.query(given, values);
      } catch (error) {
        throw final(error);
      }
    });
    return {
      ...intercepted(db, {}),
      transaction: async (work) => {
        try {
          return await once(work);
        } catch (error) {
          throw final(error);
        }
      },
    };
  },
});

const final = (error: unknown): unknown =>
  !isRetryable(error) || (error as { code?: unknown }).code === "P2034"
    ? error
    : new Error("A failure of a form that nobody retries.");

/** An idempotency key is everybody's: who uses another's is given his reply. */
export const keyNotBoundToTheUser = (): PlantedBug => ({
  database(db) {
    const everybodys = "everybody POST /orders";
    const unbound = (scopes: unknown) =>
      (scopes as string[]).map(() => everybodys);
    return intercepted(db, {
      async "order-keys-keep"([scopes, keys, ...rest], proceed) {
        const rows = await proceed([unbound(scopes), keys, ...rest]);
        return bound(rows, scopes as string[], keys as string[]);
      },
      async "order-keys-recall"([scopes, keys], proceed) {
        const rows = await proceed([unbound(scopes), keys]);
        return bound(rows, scopes as string[], keys as string[]);
      },
    });
  },
});

/** Under the scopes that were asked for, so that the caller recognizes them. */
const bound = (
  rows: readonly Record<string, unknown>[],
  scopes: readonly string[],
  keys: readonly string[],
): Record<string, unknown>[] =>
  keys.flatMap((key, index) =>
    rows
      .filter((row) => row["key"] === key)
      .map((row) => ({ ...row, scope: scopes[index] })),
  );
