import { keyOf, type TableDefinition } from "../table-definition.ts";
import type { Twin, Twins } from "../twin.ts";
import { sagaInstances } from "./sagas.ts";
import { at, ints, json, rowsFrom, sortedBy, texts } from "./values.ts";

export type SagaDefinitionRow = {
  readonly saga: string;
  readonly version: number;
  readonly steps: string;
  readonly first_seen: number;
};

export const sagaDefinitions: TableDefinition<SagaDefinitionRow> = {
  name: "saga_definitions",
  key: ({ saga, version }) => keyOf(saga, version),
};

const insert: Twin = function* (run, values) {
  const [sagas, versions] = [texts(values[0]), ints(values[1])];
  const steps = texts(values[2]);
  const rows = rowsFrom(sagas, (index) => ({
    saga: at(sagas, index),
    version: at(versions, index),
    steps: at(steps, index),
    first_seen: run.now,
  }));
  for (const row of sortedBy(
    rows,
    ({ saga }) => saga,
    ({ version }) => version,
  ))
    yield* run.table(sagaDefinitions).insertUnlessThere(run, row);
  return [];
};

const read: Twin = function* (run, values) {
  const sagas = new Set(texts(values[0]));
  const rows = [...run.table(sagaDefinitions).scan(run.tx)]
    .map(({ row }) => row)
    .filter(({ saga }) => sagas.has(saga));
  return sortedBy(
    rows,
    ({ saga }) => saga,
    ({ version }) => version,
  ).map(({ saga, version, steps }) => ({ saga, version, steps: json(steps) }));
};

const running: Twin = function* (run) {
  const counts = new Map<
    string,
    { readonly saga: string; readonly version: number; runs: number }
  >();
  for (const { row } of run.table(sagaInstances).scan(run.tx)) {
    const { saga, version, deadline } = row;
    if (deadline === null) continue;
    const key = keyOf(saga, version);
    const count = counts.get(key) ?? { saga, version, runs: 0 };
    counts.set(key, { ...count, runs: count.runs + 1 });
  }
  return sortedBy(
    counts.values(),
    ({ saga }) => saga,
    ({ version }) => version,
  );
};

export const sagaDefinitionTwins: Twins = {
  "saga-definitions-insert": insert,
  "saga-definitions-read": read,
  "saga-versions-running": running,
};
