import type { Found } from "../slot.ts";
import type { Waiting } from "../table.ts";
import type { Run, Twin, Twins } from "../twin.ts";
import {
  sagaInstances,
  sagaLog,
  sagaMemories,
  type SagaInstanceRow,
  type SagaMemoryRow,
} from "./sagas.ts";
import {
  at,
  bools,
  date,
  int,
  ints,
  json,
  orNull,
  rowsFrom,
  sortedBy,
  text,
  texts,
  uuids,
} from "./values.ts";

type Joined = {
  readonly found: Found<SagaInstanceRow>;
  readonly memory: SagaMemoryRow;
};

/** Both rows as the statement's snapshot has them; only the instance's is locked and read again. */
function joined(run: Run, found: readonly Found<SagaInstanceRow>[]): Joined[] {
  const memories = run.table(sagaMemories);
  return found.flatMap((each) => {
    const memory = memories.find(run.tx, each.row.id)?.row;
    return memory ? [{ found: each, memory }] : [];
  });
}

const instanceOf = (row: SagaInstanceRow, memory: SagaMemoryRow) => ({
  id: row.id,
  saga: row.saga,
  version: row.version,
  key: row.key,
  status: row.status,
  direction: row.direction,
  step: row.step,
  memory: json(memory.memory),
  commandId: row.command_id,
  attempt: row.attempt,
  sequence: row.sequence,
  logged: row.logged,
  unwanted: row.unwanted,
  reason: row.reason,
  cause: json(memory.cause),
});

const lockByKeys: Twin = function* (run, values) {
  const table = run.table(sagaInstances);
  const keys = new Set(texts(values[0]));
  const found = [...keys].flatMap((key) => table.findBy(run.tx, "key", key));
  const rows: object[] = [];
  for (const each of sortedBy(joined(run, found), (one) => one.found.row.id)) {
    const row = yield* table.lock(run, each.found);
    if (row) rows.push(instanceOf(row, each.memory));
  }
  return rows;
};

const lockDue: Twin = function* (run, values) {
  const limit = int(values[0]);
  const versions = new Set(texts(values[1]));
  const table = run.table(sagaInstances);
  const due = table
    .findBy(run.tx, "deadline", "some")
    .filter(
      ({ row }) =>
        (row.deadline ?? Infinity) <= run.now &&
        versions.has(`${row.saga}#${row.version}`),
    );
  const rows: object[] = [];
  for (const each of sortedBy(
    joined(run, due),
    ({ found }) => found.row.deadline ?? 0,
  )) {
    if (rows.length >= limit) break;
    const { owner } = each.found.slot;
    if (owner !== undefined && owner !== run.tx) continue;
    const row = yield* table.lock(run, each.found);
    if (row)
      rows.push({
        ...instanceOf(row, each.memory),
        waited: run.now - row.step_since,
      });
  }
  return rows;
};

type Progress = Pick<
  SagaInstanceRow,
  | "id"
  | "status"
  | "direction"
  | "step"
  | "command_id"
  | "attempt"
  | "sequence"
  | "logged"
  | "unwanted"
  | "reason"
>;

/** The columns that both statements begin with. */
function progressOf(
  values: readonly unknown[],
): { readonly progress: Progress; readonly dueIn: number | null }[] {
  const [ids, statuses] = [uuids(values[0]), texts(values[1])];
  const [directions, steps] = [texts(values[2]), orNull.texts(values[3])];
  const [commands, attempts] = [orNull.uuids(values[4]), ints(values[5])];
  const [sequences, logged] = [ints(values[6]), ints(values[7])];
  const [unwanted, reasons] = [bools(values[8]), orNull.texts(values[9])];
  const dueIn = orNull.ints(values[10]);
  return rowsFrom(ids, (index) => ({
    progress: {
      id: at(ids, index),
      status: at(statuses, index),
      direction: at(directions, index),
      step: at(steps, index),
      command_id: at(commands, index),
      attempt: at(attempts, index),
      sequence: at(sequences, index),
      logged: at(logged, index),
      unwanted: at(unwanted, index),
      reason: at(reasons, index),
    },
    dueIn: at(dueIn, index),
  }));
}

const insert: Twin = function* (run, values) {
  const [sagas, versions] = [texts(values[11]), ints(values[12])];
  const keys = texts(values[13]);
  const rows = progressOf(values).map(({ progress, dueIn }, index) => ({
    ...progress,
    saga: at(sagas, index),
    version: at(versions, index),
    key: at(keys, index),
    deadline: dueIn === null ? null : run.now + dueIn,
    step_since: run.now,
    started_at: run.now,
  }));
  for (const row of rows) yield* run.table(sagaInstances).insert(run, row);
  return [];
};

const update: Twin = function* (run, values) {
  const table = run.table(sagaInstances);
  const found = progressOf(values).flatMap(({ progress, dueIn }) => {
    const there = table.find(run.tx, progress.id);
    return there ? [{ there, progress, dueIn }] : [];
  });
  for (const { there, progress, dueIn } of found)
    yield* table.update(run, there, (old) => ({
      ...old,
      ...progress,
      step_since:
        old.command_id === progress.command_id ? old.step_since : run.now,
      deadline: deadlineAfter(run, old, dueIn),
    }));
  return [];
};

/** Null keeps the deadline, a negative number clears it. */
function deadlineAfter(
  run: Run,
  old: SagaInstanceRow,
  dueIn: number | null,
): number | null {
  if (dueIn === null) return old.deadline;
  return dueIn >= 0 ? run.now + dueIn : null;
}

const insertMemories: Twin = function* (run, values) {
  const [ids, memories] = [uuids(values[0]), texts(values[1])];
  const causes = texts(values[2]);
  for (let index = 0; index < ids.length; index += 1)
    yield* run.table(sagaMemories).insert(run, {
      id: at(ids, index),
      memory: at(memories, index),
      cause: at(causes, index),
    });
  return [];
};

const updateMemories: Twin = function* (run, values): Waiting<object[]> {
  const [ids, memories] = [uuids(values[0]), texts(values[1])];
  const table = run.table(sagaMemories);
  const found = ids.map((id) => table.find(run.tx, id));
  for (const [index, each] of found.entries())
    if (each)
      yield* table.update(run, each, (old) => ({
        ...old,
        memory: at(memories, index),
      }));
  return [];
};

const insertLog: Twin = function* (run, values) {
  const [ids, sequences] = [uuids(values[0]), ints(values[1])];
  const [steps, entries] = [orNull.texts(values[2]), texts(values[3])];
  const details = orNull.texts(values[4]);
  for (let index = 0; index < ids.length; index += 1)
    yield* run.table(sagaLog).insert(run, {
      saga_id: at(ids, index),
      sequence: at(sequences, index),
      step: at(steps, index),
      entry: at(entries, index),
      detail: at(details, index),
      at: run.clock(),
    });
  return [];
};

const readLog: Twin = function* (run, values) {
  const instances = sortedBy(
    run
      .table(sagaInstances)
      .findBy(run.tx, "key", text(values[0]))
      .map(({ row }) => row),
    ({ started_at }) => started_at,
    ({ id }) => id,
  );
  return instances.flatMap(({ id, saga }) => {
    const lines = run.table(sagaLog).findBy(run.tx, "saga", id);
    return sortedBy(lines, ({ row }) => row.sequence).map(
      ({ row: { sequence, step, entry, detail, at } }) => ({
        saga,
        sequence,
        step,
        entry,
        detail,
        at: date(at),
      }),
    );
  });
};

export const sagaTwins: Twins = {
  "saga-lock-by-keys": lockByKeys,
  "saga-lock-due": lockDue,
  "saga-insert": insert,
  "saga-update": update,
  "saga-memories-insert": insertMemories,
  "saga-memories-update": updateMemories,
  "saga-log-insert": insertLog,
  "saga-log-read": readLog,
};
