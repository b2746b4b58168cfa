import { keyOf, type TableDefinition } from "../table-definition.ts";
import { optimistic, type Twin, type Twins } from "../twin.ts";
import {
  at,
  bigints,
  ints,
  orNull,
  rowsFrom,
  texts,
  times,
  uuids,
} from "./values.ts";

export type ArchivedEventRow = {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly key: string;
  readonly sequence: number;
  readonly time: number;
  readonly correlation_id: string;
  readonly causation_id: string | null;
  readonly command_id: string | null;
  readonly data: string;
};

/** With a partition for whatever fits no month, so every id has a place. */
export const eventArchive: TableDefinition<ArchivedEventRow> = {
  name: "event_archive",
  key: ({ id }) => id,
};

const insert: Twin = function* (run, values) {
  const [ids, types] = [uuids(values[0]), texts(values[1])];
  const [sources, subjects] = [texts(values[2]), texts(values[3])];
  const [keys, sequences] = [texts(values[4]), ints(values[5])];
  const [occurred, correlations] = [times(values[6]), texts(values[7])];
  const causations = orNull.texts(values[8]);
  const [commands, data] = [orNull.texts(values[9]), texts(values[10])];
  const rows = rowsFrom(ids, (index): ArchivedEventRow => ({
    id: at(ids, index),
    type: at(types, index),
    source: at(sources, index),
    subject: at(subjects, index),
    key: at(keys, index),
    sequence: at(sequences, index),
    time: at(occurred, index),
    correlation_id: at(correlations, index),
    causation_id: at(causations, index),
    command_id: at(commands, index),
    data: at(data, index),
  }));
  const inserted: object[] = [];
  for (const row of rows)
    if (yield* run.table(eventArchive).insertUnlessThere(run, row))
      inserted.push({ id: row.id });
  return inserted;
};

export type SalesRow = {
  /** A date in ISO form. */
  readonly day: string;
  readonly currency: string;
  readonly placed: number;
  readonly confirmed: number;
  readonly cancelled: number;
  readonly revenue: number;
  readonly refunded: number;
};

export const salesByDay: TableDefinition<SalesRow> = {
  name: "sales_by_day",
  key: ({ day, currency }) => keyOf(day, currency),
};

const addSales: Twin = function* (run, values) {
  const [days, currencies] = [times(values[0]), texts(values[1])];
  const [placed, confirmed] = [ints(values[2]), ints(values[3])];
  const [cancelled, revenue] = [ints(values[4]), bigints(values[5])];
  const refunded = bigints(values[6]);
  const rows = rowsFrom(days, (index) => ({
    day: new Date(at(days, index)).toISOString().slice(0, 10),
    currency: at(currencies, index),
    placed: at(placed, index),
    confirmed: at(confirmed, index),
    cancelled: at(cancelled, index),
    revenue: at(revenue, index),
    refunded: at(refunded, index),
  }));
  for (const row of rows)
    yield* run.table(salesByDay).upsert(run, row, (old) => ({
      ...old,
      placed: old.placed + row.placed,
      confirmed: old.confirmed + row.confirmed,
      cancelled: old.cancelled + row.cancelled,
      revenue: old.revenue + row.revenue,
      refunded: old.refunded + row.refunded,
    }));
  return [];
};

const keepArchivePartitions: Twin = function* () {
  return [{ keep_archive_partitions: "" }];
};

export const archiveTwins: Twins = {
  "archive-insert": insert,
  "archive-insert-optimistic": optimistic(insert),
  "sales-add": addSales,
  "SELECT keep_archive_partitions($1)": keepArchivePartitions,
};
