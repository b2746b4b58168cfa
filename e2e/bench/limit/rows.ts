import type { RowCounts, RowsByTable } from "../table-figures.ts";

/** Rows of one table for each order: those of the limit, and those of the run beside it. */
export type RowsBeside = {
  readonly name: string;
  readonly limit: RowCounts;
  readonly platform: RowCounts;
};

type Counted = { readonly rows: RowsByTable; readonly orders: number };

const none: RowCounts = { inserted: 0, updated: 0, deleted: 0 };

/** Shows how honest the limit is. Rows that the orders of a batch share have decimals. */
export function rowsBeside(limit: Counted, platform: Counted): RowsBeside[] {
  const each = ({ rows, orders }: Counted, name: string): RowCounts => {
    const { inserted, updated, deleted } = rows.get(name) ?? none;
    return {
      inserted: inserted / orders,
      updated: updated / orders,
      deleted: deleted / orders,
    };
  };
  return [...new Set([...limit.rows.keys(), ...platform.rows.keys()])]
    .toSorted()
    .map((name) => ({
      name,
      limit: each(limit, name),
      platform: each(platform, name),
    }))
    .filter(
      ({ limit: one, platform: other }) => total(one) + total(other) > 0.01,
    );
}

export const total = ({ inserted, updated, deleted }: RowCounts): number =>
  inserted + updated + deleted;
