import type { Found } from "../slot.ts";
import type { TableDefinition } from "../table-definition.ts";
import { optimistic, type Twin, type Twins } from "../twin.ts";
import {
  at,
  int,
  ints,
  json,
  orNull,
  rowsFrom,
  sortedBy,
  texts,
  uuids,
} from "./values.ts";

export type AttemptRow = {
  readonly id: string;
  readonly kind: string;
  readonly subject_id: string;
  readonly request: string;
  readonly cause: string;
  readonly calls: number;
  readonly due_at: number;
  readonly last_failure: string | null;
};

export const attempts: TableDefinition<AttemptRow> = {
  name: "attempts",
  key: ({ id }) => id,
  indexes: { subject: ({ subject_id }) => subject_id },
};

const insert: Twin = function* (run, values) {
  const [ids, kinds] = [uuids(values[0]), texts(values[1])];
  const [subjects, requests] = [texts(values[2]), texts(values[3])];
  const [causes, delays] = [texts(values[4]), ints(values[5])];
  const calls = ints(values[6]);
  const rows = rowsFrom(ids, (index) => ({
    id: at(ids, index),
    kind: at(kinds, index),
    subject_id: at(subjects, index),
    request: at(requests, index),
    cause: at(causes, index),
    calls: at(calls, index),
    due_at: run.now + at(delays, index),
    last_failure: null,
  }));
  const inserted: object[] = [];
  for (const row of sortedBy(rows, ({ id }) => id))
    if (yield* run.table(attempts).insertUnlessThere(run, row))
      inserted.push({ id: row.id });
  return inserted;
};

const claim: Twin = function* (run, values) {
  const [limit, lease] = [int(values[0]), int(values[1])];
  const table = run.table(attempts);
  const due = [...table.scan(run.tx)].filter(
    ({ row }) => row.due_at <= run.now,
  );
  const claimed: Found<AttemptRow>[] = [];
  for (const found of sortedBy(due, ({ row }) => row.due_at)) {
    if (claimed.length >= limit) break;
    const { owner } = found.slot;
    if (owner !== undefined && owner !== run.tx) continue;
    run.tx.take(found.slot);
    claimed.push(found);
  }
  const rows: object[] = [];
  for (const found of claimed) {
    const row = yield* table.update(run, found, (old) => ({
      ...old,
      due_at: run.now + lease,
      calls: old.calls + 1,
    }));
    if (row) rows.push(claimedOf(row));
  }
  return rows;
};

const claimedOf = ({
  id,
  kind,
  subject_id,
  request,
  cause,
  calls,
}: AttemptRow) => ({
  id,
  kind,
  subjectId: subject_id,
  request: json(request),
  cause: json(cause),
  calls: calls - 1,
});

const remove: Twin = function* (run, values) {
  const table = run.table(attempts);
  const found = table.findEach(run.tx, uuids(values[0]));
  const removed: object[] = [];
  for (const each of sortedBy(found, ({ row }) => row.id))
    if (yield* table.delete(run, each)) removed.push({ id: each.row.id });
  return removed;
};

const postpone: Twin = function* (run, values) {
  const [ids, delays] = [uuids(values[0]), ints(values[1])];
  const reasons = orNull.texts(values[2]);
  const table = run.table(attempts);
  const found = ids.map((id) => table.find(run.tx, id));
  for (const [index, each] of found.entries())
    if (each)
      yield* table.update(run, each, (old) => ({
        ...old,
        due_at: run.now + at(delays, index),
        last_failure: at(reasons, index),
      }));
  return [];
};

const hasten: Twin = function* (run, values) {
  const table = run.table(attempts);
  const found = [...new Set(texts(values[0]))]
    .flatMap((subject) => table.findBy(run.tx, "subject", subject))
    .filter(({ row }) => row.last_failure !== null);
  const locked: Found<AttemptRow>[] = [];
  for (const each of sortedBy(found, ({ row }) => row.id)) {
    const row = yield* table.lock(run, each);
    if (row && row.last_failure !== null) locked.push(each);
  }
  for (const each of locked)
    yield* table.update(run, each, (old) => ({ ...old, due_at: run.now }));
  return [];
};

export const attemptTwins: Twins = {
  "attempts-insert": insert,
  "attempts-insert-optimistic": optimistic(insert),
  "attempts-claim": claim,
  "attempts-remove": remove,
  "attempts-postpone": postpone,
  "attempts-hasten": hasten,
};
