import type { Twin, Twins } from "../twin.ts";
import { sagaInstances, sagaLog } from "./sagas.ts";
import {
  at,
  date,
  ints,
  orNull,
  sortedBy,
  text,
  texts,
  uuids,
} from "./values.ts";

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

export const sagaLogTwins: Twins = {
  "saga-log-insert": insertLog,
  "saga-log-read": readLog,
};
