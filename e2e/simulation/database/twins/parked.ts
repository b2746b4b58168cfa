import { keyOf, type TableDefinition } from "../table-definition.ts";
import type { Found } from "../slot.ts";
import type { Run, Twin, Twins } from "../twin.ts";
import {
  at,
  bigints,
  int,
  json,
  rowsFrom,
  sortedBy,
  text,
  texts,
} from "./values.ts";

export type ParkedKeyRow = {
  readonly consumer: string;
  readonly key: string;
  readonly reason: string;
  readonly parked_at: number;
};

export type ParkedMessageRow = {
  readonly id: number;
  readonly consumer: string;
  readonly key: string;
  readonly position: string;
  readonly topic: string;
  readonly headers: string;
  readonly payload: string;
  readonly reason: string;
  readonly detail: string;
  readonly parked_at: number;
  readonly requeues: number;
};

export const parkedKeys: TableDefinition<ParkedKeyRow> = {
  name: "parked_keys",
  key: ({ consumer, key }) => keyOf(consumer, key),
};

const headerOf = (headers: string, name: string): string | undefined =>
  (json(headers) as Record<string, string>)[name];

/** The expression of parked_messages_once_idx, but for its hash. */
const identityOf = ({
  consumer,
  headers,
  position,
  payload,
}: ParkedMessageRow): string => {
  const id = headerOf(headers, "ce_id");
  const attempt = headerOf(headers, "ce_attempt") ?? "";
  return keyOf(
    consumer,
    (id === undefined ? position : `${id}#${attempt}`) + payload,
  );
};

const byKey = (consumer: string, key: string) => keyOf(consumer, key);

export const parkedMessages: TableDefinition<ParkedMessageRow> = {
  name: "parked_messages",
  key: ({ id }) => String(id),
  unique: { parked_messages_once_idx: identityOf },
  indexes: { key: ({ consumer, key }) => byKey(consumer, key) },
};

export const parkedAmong = (run: Run, [consumer, keys]: readonly unknown[]) =>
  sortedBy(
    run.table(parkedKeys).findEach(
      run.tx,
      texts(keys).map((key) => keyOf(text(consumer), key)),
    ),
    ({ row }) => row.key,
  );

const lockKeys: Twin = function* (run, values) {
  const rows: object[] = [];
  for (const found of parkedAmong(run, values)) {
    const row = yield* run.table(parkedKeys).lock(run, found);
    if (row) rows.push({ key: row.key, reason: row.reason });
  }
  return rows;
};

const insertKeys: Twin = function* (run, values) {
  const consumer = text(values[0]);
  const [keys, reasons] = [texts(values[1]), texts(values[2])];
  const rows = rowsFrom(keys, (index) => ({
    consumer,
    key: at(keys, index),
    reason: at(reasons, index),
    parked_at: run.now,
  }));
  for (const row of sortedBy(rows, ({ key }) => key))
    yield* run
      .table(parkedKeys)
      .upsert(run, row, (old) =>
        old.reason === "sequence-gap" && row.reason !== "sequence-gap"
          ? { ...old, reason: row.reason }
          : undefined,
      );
  return [];
};

const insertMessages: Twin = function* (run, values) {
  const table = run.table(parkedMessages);
  const consumer = text(values[0]);
  const [keys, positions] = [texts(values[1]), texts(values[2])];
  const [topics, headers] = [texts(values[3]), texts(values[4])];
  const [payloads, reasons] = [texts(values[5]), texts(values[6])];
  const details = texts(values[7]);
  for (let index = 0; index < keys.length; index += 1)
    yield* table.insertUnlessThere(run, {
      id: table.nextIdentity(),
      consumer,
      key: at(keys, index),
      position: at(positions, index),
      topic: at(topics, index),
      headers: at(headers, index),
      payload: at(payloads, index),
      reason: at(reasons, index),
      detail: at(details, index),
      parked_at: run.now,
      requeues: 0,
    });
  return [];
};

function messagesUnder(
  run: Run,
  [consumer, keys]: readonly unknown[],
): Found<ParkedMessageRow>[] {
  const table = run.table(parkedMessages);
  const found = [...new Set(texts(keys))].flatMap((key) =>
    table.findBy(run.tx, "key", byKey(text(consumer), key)),
  );
  return sortedBy(found, ({ row }) => row.id);
}

const waiting: Twin = function* (run, [consumer, keys, limit]) {
  const first = texts(keys).flatMap((key) =>
    messagesUnder(run, [consumer, [key]]).slice(0, int(limit)),
  );
  return sortedBy(first, ({ row }) => row.id).map(
    ({ row: { id, key, position, topic, headers, payload } }) => ({
      id,
      key,
      position,
      topic,
      headers: json(headers),
      payload,
    }),
  );
};

const removeMessages: Twin = function* (run, values) {
  const table = run.table(parkedMessages);
  const keys = bigints(values[0]).map(String);
  const all = table.findEach(run.tx, keys);
  for (const found of sortedBy(all, ({ row }) => row.id))
    yield* table.delete(run, found);
  return [];
};

const freeKeys: Twin = function* (run, values) {
  for (const found of parkedAmong(run, values))
    yield* run.table(parkedKeys).delete(run, found);
  return [];
};

const typesUnder: Twin = function* (run, values) {
  const byKey = new Map<string, Set<string>>();
  for (const { row } of messagesUnder(run, values)) {
    const types = byKey.get(row.key) ?? new Set();
    byKey.set(row.key, types.add(headerOf(row.headers, "ce_type") ?? ""));
  }
  return sortedBy(byKey, ([key]) => key).map(([key, types]) => ({
    key,
    types: sortedBy(types, (type) => type),
  }));
};

export const parkedTwins: Twins = {
  "parked-lock-keys": lockKeys,
  "parked-insert-keys": insertKeys,
  "parked-insert-messages": insertMessages,
  "parked-waiting": waiting,
  "parked-remove-messages": removeMessages,
  "parked-free-keys": freeKeys,
  "parked-types": typesUnder,
};
