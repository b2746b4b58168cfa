import { lookedAt } from "@cartwright/app-order/queries/list-orders";
import type { TableDefinition } from "../table-definition.ts";
import type { Twin, Twins } from "../twin.ts";
import {
  at,
  bigints,
  date,
  dateOrNull,
  int,
  ints,
  json,
  orNull,
  rowsFrom,
  sortedBy,
  text,
  texts,
  times,
  uuid,
  uuids,
} from "./values.ts";

export type OrderRow = {
  readonly id: string;
  readonly number: string;
  readonly customer_id: string;
  readonly status: string;
  readonly items: string;
  readonly total_amount: number;
  readonly currency: string;
  readonly shipping_address: string;
  readonly cancellation_reason: string | null;
  readonly tracking_number: string | null;
  readonly event_sequence: number;
  readonly created_at: number;
  readonly confirmed_at: number | null;
  readonly cancelled_at: number | null;
  readonly shipped_at: number | null;
  readonly delivered_at: number | null;
  readonly completed_at: number | null;
};

const statuses = new Set([
  "pending",
  "confirmed",
  "cancelling",
  "cancelled",
  "shipped",
  "delivered",
  "completed",
]);

export const orders: TableDefinition<OrderRow> = {
  name: "orders",
  key: ({ id }) => id,
  checks: {
    orders_cancelled_check: ({ status, cancelled_at }) =>
      (status === "cancelled") === (cancelled_at !== null),
    orders_status_check: ({ status }) => statuses.has(status),
    orders_total_check: ({ total_amount }) => total_amount >= 0,
  },
};

const rowOf = (row: OrderRow) => ({
  ...row,
  items: json(row.items),
  shipping_address: json(row.shipping_address),
  created_at: date(row.created_at),
  confirmed_at: dateOrNull(row.confirmed_at),
  cancelled_at: dateOrNull(row.cancelled_at),
  shipped_at: dateOrNull(row.shipped_at),
  delivered_at: dateOrNull(row.delivered_at),
  completed_at: dateOrNull(row.completed_at),
});

const insert: Twin = function* (run, values) {
  const [ids, numbers] = [uuids(values[0]), texts(values[1])];
  const [customers, statuses] = [uuids(values[2]), texts(values[3])];
  const [items, amounts] = [texts(values[4]), bigints(values[5])];
  const [currencies, addresses] = [texts(values[6]), texts(values[7])];
  const [sequences, created] = [ints(values[8]), times(values[9])];
  for (let index = 0; index < ids.length; index += 1)
    yield* run.table(orders).insert(run, {
      id: at(ids, index),
      number: at(numbers, index),
      customer_id: at(customers, index),
      status: at(statuses, index),
      items: at(items, index),
      total_amount: at(amounts, index),
      currency: at(currencies, index),
      shipping_address: at(addresses, index),
      cancellation_reason: null,
      tracking_number: null,
      event_sequence: at(sequences, index),
      created_at: at(created, index),
      confirmed_at: null,
      cancelled_at: null,
      shipped_at: null,
      delivered_at: null,
      completed_at: null,
    });
  return [];
};

const lock: Twin = function* (run, values) {
  const table = run.table(orders);
  const found = table.findEach(run.tx, uuids(values[0]));
  const rows: object[] = [];
  for (const each of sortedBy(found, ({ row }) => row.id)) {
    const row = yield* table.lock(run, each);
    if (row) rows.push(rowOf(row));
  }
  return rows;
};

const update: Twin = function* (run, values) {
  const table = run.table(orders);
  const [ids, statuses] = [uuids(values[0]), texts(values[1])];
  const [reasons, tracking] = [
    orNull.texts(values[2]),
    orNull.texts(values[3]),
  ];
  const [sequences, confirmed] = [ints(values[4]), orNull.times(values[5])];
  const [cancelled, shipped] = [
    orNull.times(values[6]),
    orNull.times(values[7]),
  ];
  const [delivered, completed] = [
    orNull.times(values[8]),
    orNull.times(values[9]),
  ];
  const changes = rowsFrom(ids, (index) => ({
    status: at(statuses, index),
    cancellation_reason: at(reasons, index),
    tracking_number: at(tracking, index),
    event_sequence: at(sequences, index),
    confirmed_at: at(confirmed, index),
    cancelled_at: at(cancelled, index),
    shipped_at: at(shipped, index),
    delivered_at: at(delivered, index),
    completed_at: at(completed, index),
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

const find: Twin = function* (run, values) {
  const found = run.table(orders).find(run.tx, uuid(values[0]));
  return found ? [rowOf(found.row)] : [];
};

const findByNumber: Twin = function* (run, values) {
  const number = text(values[0]);
  return [...run.table(orders).scan(run.tx)]
    .map(({ row }) => row)
    .filter((row) => row.number === number)
    .map(rowOf);
};

/** Newest first, from the cursor on. */
const candidates = (
  run: Parameters<Twin>[0],
  values: readonly unknown[],
): OrderRow[] => {
  const [customer, after] = [orNull.uuid(values[0]), orNull.uuid(values[1])];
  const rows = [...run.table(orders).scan(run.tx)]
    .map(({ row }) => row)
    .filter(
      ({ id, customer_id }) =>
        (customer === null || customer_id === customer) &&
        (after === null || id < after),
    );
  return sortedBy(rows, ({ id }) => id).reverse();
};

const page: Twin = function* (run, values) {
  return candidates(run, values).slice(0, int(values[2])).map(rowOf);
};

const pageOfStatus: Twin = function* (run, values) {
  return candidates(run, values)
    .slice(0, lookedAt)
    .filter(({ status }) => status === text(values[3]))
    .slice(0, int(values[2]))
    .map(rowOf);
};

const lastLookedAt: Twin = function* (run, values) {
  return candidates(run, values)
    .slice(lookedAt - 1, lookedAt)
    .map(({ id }) => ({ id }));
};

export const orderTwins: Twins = {
  "orders-insert": insert,
  "orders-lock": lock,
  "orders-update": update,
  "orders-find": find,
  "orders-find-by-number": findByNumber,
  "orders-page": page,
  "orders-page-of-status": pageOfStatus,
  "orders-last-looked-at": lastLookedAt,
  "customer-page": page,
  "customer-page-of-status": pageOfStatus,
  "customer-last-looked-at": lastLookedAt,
};
