import type { TableDefinition } from "../table-definition.ts";
import type { Twin, Twins } from "../twin.ts";
import { progressOf } from "./saga-store.ts";
import { sagaInstances } from "./sagas.ts";
import { at, int, json, sortedBy, texts, uuids } from "./values.ts";

export type SagaWaitingInputRow = {
  readonly id: number;
  readonly saga_id: string;
  readonly input: string;
  readonly waits_since: number;
};

export const sagaWaitingInputs: TableDefinition<SagaWaitingInputRow> = {
  name: "saga_waiting_inputs",
  key: ({ id }) => String(id),
};

const append: Twin = function* (run, values) {
  const [ids, inputs] = [uuids(values[0]), texts(values[1])];
  const table = run.table(sagaWaitingInputs);
  for (let index = 0; index < ids.length; index += 1)
    yield* table.insert(run, {
      id: table.nextIdentity(),
      saga_id: at(ids, index),
      input: at(inputs, index),
      waits_since: run.now,
    });
  return [];
};

const take: Twin = function* (run, values) {
  const limit = int(values[0]);
  const versions = new Set(texts(values[1]));
  const [inputs, runs] = [
    run.table(sagaWaitingInputs),
    run.table(sagaInstances),
  ];
  const rows: object[] = [];
  for (const waiting of sortedBy(inputs.scan(run.tx), ({ row }) => row.id)) {
    if (rows.length >= limit) break;
    const found = runs.find(run.tx, waiting.row.saga_id);
    if (!found || !versions.has(`${found.row.saga}#${found.row.version}`))
      continue;
    const { owner } = found.slot;
    if (owner !== undefined && owner !== run.tx) continue;
    const row = yield* runs.lock(run, found);
    const taken = row && (yield* inputs.delete(run, waiting));
    if (taken)
      rows.push({
        ...progressOf(row),
        place: taken.id,
        input: json(taken.input),
      });
  }
  return rows;
};

export const sagaWaitingTwins: Twins = {
  "saga-waiting-insert": append,
  "saga-waiting-take": take,
};
