import { days } from "@cartwright/kernel/duration";
import type { Twin, Twins } from "../twin.ts";
import { sagaInstances, sagaLog, sagaMemories } from "./sagas.ts";
import { sagaWaitingInputs } from "./saga-waiting.ts";
import { int, sortedBy, uuid } from "./values.ts";

/** Ids tell when they were made; the days are counted from midnight, UTC. What somebody holds is passed over. */
const retire: Twin = function* (run, values) {
  const today = Math.floor(run.now / days(1)) * days(1);
  const before = today - days(int(values[0]));
  const after = uuid(values[1]);
  const instances = run.table(sagaInstances);
  const ended = sortedBy([...instances.scan(run.tx)], ({ row }) => row.id)
    .filter(({ row }) => row.deadline === null && row.step === null)
    .filter(({ row: { id } }) => id > after && madeAt(id) < before)
    .filter(({ slot }) => slot.owner === undefined || slot.owner === run.tx)
    .slice(0, int(values[2]));
  const ids = new Set(ended.map(({ row }) => row.id));
  for (const line of [...run.table(sagaLog).scan(run.tx)])
    if (ids.has(line.row.saga_id)) yield* run.table(sagaLog).delete(run, line);
  const inputs = run.table(sagaWaitingInputs);
  for (const input of [...inputs.scan(run.tx)])
    if (ids.has(input.row.saga_id)) yield* inputs.delete(run, input);
  for (const memory of run.table(sagaMemories).findEach(run.tx, [...ids]))
    yield* run.table(sagaMemories).delete(run, memory);
  for (const found of ended) yield* instances.delete(run, found);
  return [...ids].map((id) => ({ id }));
};

const madeAt = (id: string): number =>
  Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

export const sagaRetentionTwins: Twins = { "saga-retire": retire };
