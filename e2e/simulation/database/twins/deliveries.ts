import { keyOf, type TableDefinition } from "../table-definition.ts";
import { optimistic, type Twin, type Twins } from "../twin.ts";
import {
  at,
  date,
  dateOrNull,
  ints,
  orNull,
  rowsFrom,
  sortedBy,
  texts,
  times,
  uuids,
} from "./values.ts";

export type DeliveryRow = {
  readonly id: string;
  readonly order_id: string;
  readonly customer_id: string;
  readonly template: string;
  readonly channel: string;
  readonly status: string;
  readonly title: string | null;
  readonly code: string | null;
  readonly event_sequence: number;
  readonly requested_at: number;
  readonly settled_at: number | null;
};

const statuses = new Set(["requested", "sent", "failed"]);

export const deliveries: TableDefinition<DeliveryRow> = {
  name: "deliveries",
  key: ({ id }) => id,
  unique: {
    deliveries_order_id_template_key: ({ order_id, template }) =>
      keyOf(order_id, template),
  },
  checks: {
    deliveries_failed_with_code: ({ status, code }) =>
      (status === "failed") === (code !== null),
    deliveries_settled: ({ status, settled_at }) =>
      (status === "requested") === (settled_at === null),
    deliveries_status: ({ status }) => statuses.has(status),
  },
};

const insert: Twin = function* (run, values) {
  const [ids, orderIds] = [uuids(values[0]), uuids(values[1])];
  const [customers, templates] = [uuids(values[2]), texts(values[3])];
  const [channels, requested] = [texts(values[4]), times(values[5])];
  const rows = rowsFrom(ids, (index) => ({
    id: at(ids, index),
    order_id: at(orderIds, index),
    customer_id: at(customers, index),
    template: at(templates, index),
    channel: at(channels, index),
    status: "requested",
    title: null,
    code: null,
    event_sequence: 0,
    requested_at: at(requested, index),
    settled_at: null,
  }));
  const inserted: object[] = [];
  for (const row of sortedBy(rows, ({ id }) => id))
    if (yield* run.table(deliveries).insertUnlessThere(run, row, "primary key"))
      inserted.push({ id: row.id });
  return inserted;
};

const load: Twin = function* (run, values) {
  const table = run.table(deliveries);
  const found = table.findEach(run.tx, uuids(values[0]));
  const rows: object[] = [];
  for (const each of sortedBy(found, ({ row }) => row.id)) {
    const row = yield* table.lock(run, each);
    if (row) rows.push(deliveryOf(row));
  }
  return rows;
};

const deliveryOf = (row: DeliveryRow) => ({
  id: row.id,
  orderId: row.order_id,
  customerId: row.customer_id,
  template: row.template,
  channel: row.channel,
  requestedAt: date(row.requested_at),
  eventSequence: row.event_sequence,
  status: row.status,
  title: row.title,
  code: row.code,
  settledAt: dateOrNull(row.settled_at),
});

const save: Twin = function* (run, values) {
  const [ids, statuses] = [uuids(values[0]), texts(values[1])];
  const [titles, codes] = [orNull.texts(values[2]), orNull.texts(values[3])];
  const [settled, sequences] = [orNull.times(values[4]), ints(values[5])];
  const table = run.table(deliveries);
  const changes = rowsFrom(ids, (index) => ({
    status: at(statuses, index),
    title: at(titles, index),
    code: at(codes, index),
    settled_at: at(settled, index),
    event_sequence: at(sequences, index),
  }));
  const found = ids.map((id) => table.find(run.tx, id));
  for (const [index, each] of found.entries())
    if (each)
      yield* table.update(run, each, (old) => ({
        ...old,
        ...at(changes, index),
      }));
  return [];
};

export const deliveryTwins: Twins = {
  "deliveries-insert": insert,
  "deliveries-insert-optimistic": optimistic(insert),
  "deliveries-load": load,
  "deliveries-save": save,
};
