import { days } from "@cartwright/kernel/duration";
import { keyOf, type TableDefinition } from "../table-definition.ts";
import type { Found } from "../slot.ts";
import type { Run, Twin, Twins } from "../twin.ts";
import { commandAnswers } from "./command-answers.ts";
import { commandInbox } from "./inbox.ts";
import {
  at,
  int,
  ints,
  json,
  orNull,
  rowsFrom,
  sortedBy,
  text,
  texts,
} from "./values.ts";

export type IdempotencyKeyRow = {
  readonly scope: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly status: number;
  readonly headers: string;
  readonly body: string | null;
  readonly created_at: number;
};

export const idempotencyKeys: TableDefinition<IdempotencyKeyRow> = {
  name: "idempotency_keys",
  key: ({ scope, key }) => keyOf(scope, key),
};

const take: Twin = function* (run, values) {
  const inserted = yield* run.table(idempotencyKeys).insertUnlessThere(run, {
    scope: text(values[0]),
    key: text(values[1]),
    fingerprint: text(values[2]),
    status: 0,
    headers: "{}",
    body: null,
    created_at: run.now,
  });
  return inserted ? [{ "?column?": 1 }] : [];
};

const keep: Twin = function* (run, values) {
  const table = run.table(idempotencyKeys);
  const found = table.find(run.tx, keyOf(text(values[0]), text(values[1])));
  if (found)
    yield* table.update(run, found, (old) => ({
      ...old,
      status: int(values[2]),
      headers: text(values[3]),
      body: orNull.text(values[4]),
    }));
  return [];
};

const recall: Twin = function* (run, values) {
  const found = run
    .table(idempotencyKeys)
    .find(run.tx, keyOf(text(values[0]), text(values[1])));
  if (!found) return [];
  const { scope, key, ...reply } = keptOf(found);
  return [reply];
};

const keptOf = ({ row }: Found<IdempotencyKeyRow>) => ({
  scope: row.scope,
  key: row.key,
  fingerprint: row.fingerprint,
  status: row.status,
  headers: json(row.headers),
  body: json(row.body),
});

const keepMany: Twin = function* (run, values) {
  const [scopes, keys] = [texts(values[0]), texts(values[1])];
  const [fingerprints, statuses] = [texts(values[2]), ints(values[3])];
  const [headers, bodies] = [texts(values[4]), orNull.texts(values[5])];
  const rows = rowsFrom(scopes, (index) => ({
    scope: at(scopes, index),
    key: at(keys, index),
    fingerprint: at(fingerprints, index),
    status: at(statuses, index),
    headers: at(headers, index),
    body: at(bodies, index),
    created_at: run.now,
  }));
  const taken: object[] = [];
  for (const row of sortedBy(
    rows,
    ({ scope }) => scope,
    ({ key }) => key,
  ))
    if (yield* run.table(idempotencyKeys).insertUnlessThere(run, row))
      taken.push({ scope: row.scope, key: row.key });
  return taken;
};

const recallMany: Twin = function* (run, values) {
  const [scopes, keys] = [texts(values[0]), texts(values[1])];
  const wanted = rowsFrom(scopes, (index) =>
    keyOf(at(scopes, index), at(keys, index)),
  );
  return run.table(idempotencyKeys).findEach(run.tx, wanted).map(keptOf);
};

/** Deletes the rows that are older than so many days, the last value; the pages before it hold everything. */
const forget = <Row extends object>(
  definition: TableDefinition<Row>,
  since: (row: Row) => number,
): Twin =>
  function* (run: Run, values: readonly unknown[]) {
    const before = run.now - days(int(values[2]));
    const table = run.table(definition);
    const old = [...table.scan(run.tx)].filter(
      ({ row }) => since(row) < before,
    );
    for (const found of old) yield* table.delete(run, found);
    return [];
  };

/** Here every table has one page, so the first step is the last. */
const countPages: Twin = function* () {
  return [{ pages: 1 }];
};

export const idempotencyTwins: Twins = {
  "idempotency-take": take,
  "idempotency-keep": keep,
  "idempotency-recall": recall,
  "order-keys-keep": keepMany,
  "order-keys-recall": recallMany,
  "maintenance-pages": countPages,
  "maintenance-commands": forget(commandInbox, (row) => row.received_at),
  "maintenance-answers": forget(commandAnswers, (row) => row.answered_at),
  "maintenance-idempotency": forget(idempotencyKeys, (row) => row.created_at),
};
