import type { Twin, Twins } from "../twin.ts";
import { progressOf, wakened } from "./saga-store.ts";
import { sagaInstances } from "./sagas.ts";
import { int, sortedBy, texts, uuid, uuids } from "./values.ts";

const due: Twin = function* (run, values) {
  const versions = new Set(texts(values[1]));
  return [...wakened(run)]
    .filter(({ row }) => (row.deadline ?? Infinity) <= run.now)
    .filter(({ row }) => versions.has(`${row.saga}#${row.version}`))
    .slice(0, int(values[0]))
    .map(({ row: { id } }) => ({ id }));
};

const lockDueAmong: Twin = function* (run, values) {
  const table = run.table(sagaInstances);
  const found = table.findEach(run.tx, uuids(values[0]));
  const rows: object[] = [];
  for (const each of sortedBy(found, ({ row }) => row.id)) {
    const { owner } = each.slot;
    if ((each.row.deadline ?? Infinity) > run.now) continue;
    if (owner !== undefined && owner !== run.tx) continue;
    const row = yield* table.lock(run, each);
    if (row)
      rows.push({ ...progressOf(row), waited: run.now - row.step_since });
  }
  return rows;
};

const setAside: Twin = function* (run, values) {
  const table = run.table(sagaInstances);
  const found = table.find(run.tx, uuid(values[0]));
  const before = found && (yield* table.lock(run, found));
  if (!found || !before || before.step === null) return [];
  const isNews = before.status !== "stuck";
  const dueAt = Math.max(before.deadline ?? 0, run.now + int(values[1]));
  const row = yield* table.update(run, found, (old) => ({
    ...old,
    status: "stuck",
    reason: old.reason ?? "turn-failed",
    logged: old.logged + Number(isNews),
    deadline: dueAt,
    wake_at: dueAt,
  }));
  if (!row) return [];
  const { id, logged, step } = row;
  return [{ sagaId: id, sequence: logged, step, isNews }];
};

export const sagaRunTwins: Twins = {
  "saga-due": due,
  "saga-lock-due-among": lockDueAmong,
  "saga-set-aside": setAside,
};
