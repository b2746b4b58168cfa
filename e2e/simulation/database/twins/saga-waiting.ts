import type { TableDefinition } from "../table-definition.ts";
import type { Run, Twin, Twins } from "../twin.ts";
import { progressOf } from "./saga-store.ts";
import { sagaInstances, type SagaInstanceRow } from "./sagas.ts";
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

/** A run that is stuck takes nothing before its next deadline. */
const isTakeable = (run: Run, { status, deadline }: SagaInstanceRow) =>
  status !== "stuck" || (deadline ?? Infinity) <= run.now;

type Which = (values: readonly unknown[]) => (row: SagaInstanceRow) => boolean;

const ofVersions: Which = (values) => {
  const versions = new Set(texts(values[1]));
  return ({ saga, version }) => versions.has(`${saga}#${version}`);
};

const among: Which = (values) => {
  const ids = new Set(uuids(values[1]));
  return ({ id }) => ids.has(id);
};

/** What waits, in the order it came, each with its run as the transaction sees it. */
function* inputsOf(run: Run, isWanted: (row: SagaInstanceRow) => boolean) {
  const inputs = run.table(sagaWaitingInputs);
  for (const waiting of sortedBy(inputs.scan(run.tx), ({ row }) => row.id)) {
    const found = run.table(sagaInstances).find(run.tx, waiting.row.saga_id);
    if (found && isWanted(found.row) && isTakeable(run, found.row))
      yield { waiting, found };
  }
}

const taking = (which: Which): Twin =>
  function* (run, values) {
    const limit = int(values[0]);
    const rows: object[] = [];
    for (const { waiting, found } of inputsOf(run, which(values))) {
      if (rows.length >= limit) break;
      const { owner } = found.slot;
      if (owner !== undefined && owner !== run.tx) continue;
      const row = yield* run.table(sagaInstances).lock(run, found);
      const taken =
        row && (yield* run.table(sagaWaitingInputs).delete(run, waiting));
      if (taken)
        rows.push({
          ...progressOf(row),
          place: taken.id,
          input: json(taken.input),
        });
    }
    return rows;
  };

const runs: Twin = function* (run, values) {
  const ids = new Set<string>();
  for (const { found } of inputsOf(run, ofVersions(values)))
    ids.add(found.row.id);
  return [...ids].slice(0, int(values[0])).map((id) => ({ id }));
};

export const sagaWaitingTwins: Twins = {
  "saga-waiting-insert": append,
  "saga-waiting-take": taking(ofVersions),
  "saga-waiting-take-among": taking(among),
  "saga-waiting-runs": runs,
};
