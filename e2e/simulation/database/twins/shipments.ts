import type { TableDefinition } from "../table-definition.ts";
import type { Twin, Twins } from "../twin.ts";
import {
  at,
  bools,
  ints,
  json,
  orNull,
  rowsFrom,
  sortedBy,
  texts,
  uuids,
} from "./values.ts";

export type ShipmentRow = {
  readonly id: string;
  readonly order_id: string;
  readonly status: string;
  readonly customer_id: string | null;
  readonly lines: string | null;
  readonly address: string | null;
  readonly carrier: string | null;
  readonly tracking_number: string | null;
  readonly code: string | null;
  readonly history: string;
  readonly event_sequence: number;
  readonly created_at: number;
};

const booked = ["held", "dispatchable", "dispatched", "delivered"];
const statuses = new Set([
  ...booked,
  "requested",
  "rejected",
  "withdrawn",
  "cancelled",
]);

export const shipments: TableDefinition<ShipmentRow> = {
  name: "shipments",
  key: ({ id }) => id,
  unique: { shipments_order_id_key: ({ order_id }) => order_id },
  checks: {
    shipments_booked_before_leaving: ({ status, tracking_number }) =>
      !booked.includes(status) || tracking_number !== null,
    shipments_booking_whole: ({ carrier, tracking_number }) =>
      (carrier === null) === (tracking_number === null),
    shipments_parcel_whole: ({ customer_id, lines, address }) =>
      (customer_id === null) === (lines === null) &&
      (lines === null) === (address === null),
    shipments_status: ({ status }) => statuses.has(status),
  },
};

const load: Twin = function* (run, values) {
  const table = run.table(shipments);
  const found = table.findEach(run.tx, uuids(values[0]));
  const rows: object[] = [];
  for (const each of sortedBy(found, ({ row }) => row.id)) {
    const row = yield* table.lock(run, each);
    if (row) rows.push(shipmentOf(row));
  }
  return rows;
};

const shipmentOf = (row: ShipmentRow) => ({
  id: row.id,
  orderId: row.order_id,
  status: row.status,
  customerId: row.customer_id,
  lines: json(row.lines),
  address: json(row.address),
  carrier: row.carrier,
  trackingNumber: row.tracking_number,
  code: row.code,
  history: json(row.history),
  sequence: row.event_sequence,
});

function rowsOf(values: readonly unknown[]): Omit<ShipmentRow, "created_at">[] {
  const [ids, orderIds] = [uuids(values[0]), uuids(values[1])];
  const [statuses, customers] = [texts(values[2]), orNull.uuids(values[3])];
  const [lines, addresses] = [orNull.texts(values[4]), orNull.texts(values[5])];
  const [carriers, tracking] = [
    orNull.texts(values[6]),
    orNull.texts(values[7]),
  ];
  const [codes, histories] = [orNull.texts(values[8]), texts(values[9])];
  const sequences = ints(values[10]);
  return rowsFrom(ids, (index) => ({
    id: at(ids, index),
    order_id: at(orderIds, index),
    status: at(statuses, index),
    customer_id: at(customers, index),
    lines: at(lines, index),
    address: at(addresses, index),
    carrier: at(carriers, index),
    tracking_number: at(tracking, index),
    code: at(codes, index),
    history: at(histories, index),
    event_sequence: at(sequences, index),
  }));
}

/** What was loaded is updated, after everything else is inserted. */
const save: Twin = function* (run, values) {
  const loaded = bools(values[11]);
  const table = run.table(shipments);
  const rows = rowsOf(values);
  const changed = rows.flatMap((row, index) => {
    const found = at(loaded, index) && table.find(run.tx, row.id);
    return found ? [{ found, row }] : [];
  });
  const begun = rows.filter((_, index) => !at(loaded, index));
  for (const row of sortedBy(begun, ({ id }) => id))
    yield* table.insert(run, { ...row, created_at: run.now });
  for (const { found, row } of changed)
    yield* table.update(run, found, (old) => ({
      ...old,
      ...row,
      id: old.id,
      order_id: old.order_id,
    }));
  return [];
};

export const shipmentTwins: Twins = {
  "shipments-load": load,
  "shipments-save": save,
};
