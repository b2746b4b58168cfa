import { keyOf, type TableDefinition } from "../table-definition.ts";
import { optimistic, type Twin, type Twins } from "../twin.ts";
import { at, ints, rowsFrom, sortedBy, text, texts } from "./values.ts";

export type SequenceRow = {
  readonly consumer: string;
  readonly subject: string;
  readonly last: number;
};

export const sequences: TableDefinition<SequenceRow> = {
  name: "sequences",
  key: ({ consumer, subject }) => keyOf(consumer, subject),
};

export const lockSequenceRows: Twin = function* (run, [consumer, subjects]) {
  const table = run.table(sequences);
  const keys = texts(subjects).map((one) => keyOf(text(consumer), one));
  const found = table.findEach(run.tx, keys);
  const rows: object[] = [];
  for (const each of sortedBy(found, ({ row }) => row.subject)) {
    const row = yield* table.lock(run, each);
    if (row) rows.push({ subject: row.subject, last: row.last });
  }
  return rows;
};

const save: Twin = function* (run, values) {
  const consumer = text(values[0]);
  const [subjects, lasts] = [texts(values[1]), ints(values[2])];
  const rows = rowsFrom(subjects, (index) => ({
    consumer,
    subject: at(subjects, index),
    last: at(lasts, index),
  }));
  for (const row of sortedBy(rows, ({ subject }) => subject))
    if (run.optimistic) yield* run.table(sequences).insert(run, row);
    else
      yield* run.table(sequences).upsert(run, row, (old) => ({
        ...row,
        last: Math.max(old.last, row.last),
      }));
  return [];
};

export const sequenceTwins: Twins = {
  "sequences-lock": lockSequenceRows,
  "sequences-save": save,
  "sequences-save-first": save,
  "sequences-save-first-optimistic": optimistic(save),
};
