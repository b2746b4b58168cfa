import type { TableDefinition } from "../table-definition.ts";
import type { Twin, Twins } from "../twin.ts";
import {
  at,
  bools,
  ints,
  json,
  rowsFrom,
  sortedBy,
  texts,
  uuids,
} from "./values.ts";

export type ReservationRow = {
  readonly order_id: string;
  readonly status: string;
  readonly lines: string;
  readonly event_sequence: number;
  readonly created_at: number;
  readonly updated_at: number;
};

const statuses = new Set(["reserved", "sold", "rejected", "released"]);

export const reservations: TableDefinition<ReservationRow> = {
  name: "reservations",
  key: ({ order_id }) => order_id,
  checks: { reservations_status: ({ status }) => statuses.has(status) },
};

const load: Twin = function* (run, values) {
  const table = run.table(reservations);
  const found = table.findEach(run.tx, uuids(values[0]));
  const rows: object[] = [];
  for (const each of sortedBy(found, ({ row }) => row.order_id)) {
    const row = yield* table.lock(run, each);
    if (row)
      rows.push({
        orderId: row.order_id,
        status: row.status,
        lines: json(row.lines),
        sequence: row.event_sequence,
      });
  }
  return rows;
};

/** What was loaded is updated, after everything else is inserted; each finds its rows by one snapshot. */
const save: Twin = function* (run, values) {
  const [ids, statuses] = [uuids(values[0]), texts(values[1])];
  const [lines, sequences] = [texts(values[2]), ints(values[3])];
  const loaded = bools(values[4]);
  const table = run.table(reservations);
  const rows = rowsFrom(ids, (index) => ({
    loaded: at(loaded, index),
    row: {
      order_id: at(ids, index),
      status: at(statuses, index),
      lines: at(lines, index),
      event_sequence: at(sequences, index),
      updated_at: run.now,
    },
  }));
  const changed = rows.flatMap(({ loaded, row }) => {
    const found = loaded && table.find(run.tx, row.order_id);
    return found ? [{ found, row }] : [];
  });
  const begun = rows.filter(({ loaded }) => !loaded);
  for (const { row } of sortedBy(begun, ({ row }) => row.order_id))
    yield* table.insert(run, { ...row, created_at: run.now });
  for (const { found, row } of changed)
    yield* table.update(run, found, (old) => ({ ...old, ...row }));
  return [];
};

export const reservationTwins: Twins = {
  "reservations-load": load,
  "reservations-save": save,
};
