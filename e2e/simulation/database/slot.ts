import type { SimTransaction } from "./sim-transaction.ts";

/** A row's contents at a moment. Never changed: an update makes another. */
export type Version<Row = object> = {
  readonly row: Row;
  /** The same through all updates of one row; a row inserted anew under the key has another. */
  readonly lineage: number;
};

/** Where the row of one primary key is: what is committed, what its owner has made of it, who waits. */
export type Slot<Row = object> = {
  readonly key: string;
  readonly table: {
    readonly name: string;
    settle(slot: Slot, outcome: "commit" | "rollback"): void;
  };
  committed: Version<Row> | undefined;
  /** The owner's version if `changed`; undefined when the owner has deleted the row. */
  pending: Version<Row> | undefined;
  changed: boolean;
  /** The undecided transaction that has locked or changed the row. */
  owner: SimTransaction | undefined;
  waiters: (() => void)[];
};

/** A row that a statement has found, and is to lock or change. */
export type Found<Row> = {
  readonly slot: Slot<Row>;
  readonly row: Row;
  readonly lineage: number;
};

/** The version that `tx` sees: its own, or what is committed. */
export const versionFor = <Row>(
  slot: Slot<Row>,
  tx: SimTransaction | undefined,
): Version<Row> | undefined =>
  slot.changed && slot.owner === tx && tx !== undefined
    ? slot.pending
    : slot.committed;
