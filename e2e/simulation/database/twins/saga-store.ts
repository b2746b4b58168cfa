import type { Found } from "../slot.ts";
import type { Waiting } from "../table.ts";
import type { Run, Twin, Twins } from "../twin.ts";
import { sagaInstances, sagaMemories, type SagaInstanceRow } from "./sagas.ts";
import {
  at,
  bools,
  int,
  ints,
  json,
  orNull,
  rowsFrom,
  sortedBy,
  texts,
  uuid,
  uuids,
} from "./values.ts";

export const progressOf = (row: SagaInstanceRow) => ({
  id: row.id,
  saga: row.saga,
  version: row.version,
  key: row.key,
  status: row.status,
  direction: row.direction,
  step: row.step,
  commandId: row.command_id,
  attempt: row.attempt,
  sequence: row.sequence,
  logged: row.logged,
  unwanted: row.unwanted,
  reason: row.reason,
});

function runsAbout(run: Run, keys: unknown): Found<SagaInstanceRow>[] {
  const table = run.table(sagaInstances);
  const found = [...new Set(texts(keys))].flatMap((key) =>
    table.findBy(run.tx, "key", key),
  );
  return sortedBy(found, ({ row }) => row.id);
}

const lockByKeys: Twin = function* (run, values) {
  const rows: object[] = [];
  for (const found of runsAbout(run, values[0])) {
    const row = yield* run.table(sagaInstances).lock(run, found);
    if (row) rows.push(progressOf(row));
  }
  return rows;
};

const lockById: Twin = function* (run, values) {
  const table = run.table(sagaInstances);
  const found = table.find(run.tx, uuid(values[0]));
  const row = found && (yield* table.lock(run, found));
  return row ? [progressOf(row)] : [];
};

const memoriesByIds: Twin = function* (run, values) {
  return run
    .table(sagaMemories)
    .findEach(run.tx, uuids(values[0]))
    .map(({ row: { id, memory, cause } }) => ({
      id,
      memory: json(memory),
      cause: json(cause),
    }));
};

const restartClock: Twin = function* (run, values) {
  const table = run.table(sagaInstances);
  const found = table.find(run.tx, uuid(values[0]));
  if (found)
    yield* table.update(run, found, (old) => ({ ...old, step_since: run.now }));
  return [];
};

/** Those whose wake-up has come, by that time, as far as nobody else holds them. */
export function* wakened(
  run: Run,
): Generator<Found<SagaInstanceRow>, void, void> {
  const wakeAt = ({ row }: Found<SagaInstanceRow>) => row.wake_at ?? Infinity;
  const found = run
    .table(sagaInstances)
    .findBy(run.tx, "wake", "some")
    .filter((each) => wakeAt(each) <= run.now);
  for (const each of sortedBy(found, wakeAt)) {
    const { owner } = each.slot;
    if (owner === undefined || owner === run.tx) yield each;
  }
}

const lockDue: Twin = function* (run, values) {
  const limit = int(values[0]);
  const versions = new Set(texts(values[1]));
  const rows: object[] = [];
  for (const found of wakened(run)) {
    if (rows.length >= limit) break;
    const { saga, version, deadline } = found.row;
    const isDue = (deadline ?? Infinity) <= run.now;
    if (!isDue || !versions.has(`${saga}#${version}`)) continue;
    const row = yield* run.table(sagaInstances).lock(run, found);
    if (row)
      rows.push({ ...progressOf(row), waited: run.now - row.step_since });
  }
  return rows;
};

const snooze: Twin = function* (run, values) {
  const later = [...wakened(run)].filter(
    ({ row }) => (row.deadline ?? Infinity) > run.now,
  );
  for (const found of later.slice(0, int(values[0])))
    yield* run
      .table(sagaInstances)
      .update(run, found, (old) => ({ ...old, wake_at: old.deadline }));
  return [];
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
function savedOf(
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
  const rows = savedOf(values).map(({ progress, dueIn }, index) => ({
    ...progress,
    saga: at(sagas, index),
    version: at(versions, index),
    key: at(keys, index),
    deadline: dueIn === null ? null : run.now + dueIn,
    wake_at: dueIn === null ? null : run.now + dueIn,
    step_since: run.now,
    started_at: run.now,
  }));
  for (const row of rows) yield* run.table(sagaInstances).insert(run, row);
  return [];
};

const update: Twin = function* (run, values) {
  const table = run.table(sagaInstances);
  const found = savedOf(values).flatMap(({ progress, dueIn }) => {
    const there = table.find(run.tx, progress.id);
    return there ? [{ there, progress, dueIn }] : [];
  });
  for (const { there, progress, dueIn } of found)
    yield* table.update(run, there, (old) => ({
      ...old,
      ...progress,
      step_since:
        old.command_id === progress.command_id ? old.step_since : run.now,
      ...wakeUpAfter(run, old, dueIn),
    }));
  return [];
};

/** Null keeps the deadline, a negative number clears it. It is never before the wake-up. */
function wakeUpAfter(
  run: Run,
  { deadline, wake_at }: SagaInstanceRow,
  dueIn: number | null,
): Pick<SagaInstanceRow, "deadline" | "wake_at"> {
  if (dueIn === null) return { deadline, wake_at };
  if (dueIn < 0) return { deadline: null, wake_at: null };
  const due = run.now + dueIn;
  return { deadline: due, wake_at: Math.min(wake_at ?? due, due) };
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

export const sagaTwins: Twins = {
  "saga-lock-by-keys": lockByKeys,
  "saga-lock-by-id": lockById,
  "saga-memories-by-ids": memoriesByIds,
  "saga-restart-clock": restartClock,
  "saga-lock-due": lockDue,
  "saga-snooze": snooze,
  "saga-insert": insert,
  "saga-update": update,
  "saga-memories-insert": insertMemories,
  "saga-memories-update": updateMemories,
};
