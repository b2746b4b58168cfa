import { definitionStore } from "@cartwright/saga/definition-store";
import type {
  SagaId,
  SagaInstance,
  SagaLogLine,
} from "@cartwright/saga/instance";
import { runStore } from "@cartwright/saga/run-store";
import { sagaStore, type SavedInstance } from "@cartwright/saga/saga-store";
import {
  waitingInputs,
  type WaitingInput,
} from "@cartwright/saga/waiting-inputs";
import type { Draw } from "./draw.ts";
import { operation, type OperationKind } from "./operation.ts";

const [sagaIds, commandIds] = [1, 2];
const keys = ["order 1", "order 2"];
const versions = ["place-order#1", "cancel-order#1"];

function anInstance(draw: Draw, id: string): SavedInstance {
  const status = draw.pick(["running", "compensating", "completed", "stuck"]);
  const isOver = status === "completed";
  return {
    instance: {
      id,
      saga: draw.pick(["place-order", "cancel-order"]),
      version: 1,
      key: draw.pick(keys),
      status,
      direction: "forward",
      // One in twenty is refused by a CHECK.
      step: isOver !== draw.chance(0.05) ? null : "reserve",
      memory: { n: draw.integer(1, 9) },
      commandId: draw.orNull(draw.id(commandIds)),
      attempt: draw.integer(0, 2),
      sequence: draw.integer(0, 5),
      logged: draw.integer(0, 5),
      unwanted: draw.chance(0.2),
      reason: null,
      cause: { correlationId: "flow" },
    } as SagaInstance,
    dueIn: draw.pick([null, undefined, 0, 3_600_000]),
    learnt: draw.chance(0.5),
  };
}

const insert: OperationKind = (draw) =>
  operation(
    "sagas.insert",
    draw.ids(sagaIds).map((id) => anInstance(draw, id)),
    sagaStore.insert,
  );

const update: OperationKind = (draw) =>
  operation(
    "sagas.update",
    draw.ids(sagaIds).map((id) => anInstance(draw, id)),
    sagaStore.update,
  );

const lockByKeys: OperationKind = (draw) =>
  operation("sagas.lockByKeys", draw.some(keys), (tx, some) =>
    sagaStore.lockByKeys(tx, some),
  );

const lockById: OperationKind = (draw) =>
  operation("sagas.lockById", draw.id(sagaIds), (tx, id) =>
    sagaStore.lockById(tx, id),
  );

const restartClock: OperationKind = (draw) =>
  operation("sagas.restartClock", draw.id(sagaIds), (tx, id) =>
    sagaStore.restartClock(tx, id),
  );

/** Of those due in the same moment either may come first. */
const lockDue: OperationKind = (draw) =>
  operation("sagas.lockDue", draw.some(versions), async (tx, some) =>
    (await sagaStore.lockDue(tx, 10, some))
      .map(({ waited, ...due }) => ({ ...due, waited: waited >= 0 }))
      .sort((one, other) => (one.id < other.id ? -1 : 1)),
  );

const due: OperationKind = (draw) =>
  operation("runs.due", draw.some(versions), async (tx, some) =>
    (await runStore.due(tx, 10, some)).sort(),
  );

const lockDueAmong: OperationKind = (draw) =>
  operation("runs.lockDueAmong", draw.ids(sagaIds), async (tx, ids) =>
    (await runStore.lockDueAmong(tx, ids as SagaId[])).map(
      ({ waited, ...run }) => ({ ...run, waited: waited >= 0 }),
    ),
  );

const setAside: OperationKind = (draw) =>
  operation("runs.setAside", draw.id(sagaIds), (tx, id) =>
    runStore.setAside(tx, id as SagaId, 60_000),
  );

const appendLog: OperationKind = (draw) =>
  operation(
    "sagas.appendLog",
    draw.ids(sagaIds).map(
      (sagaId) =>
        ({
          sagaId,
          sequence: draw.integer(1, 4),
          step: draw.orNull("reserve"),
          entry: "sent",
          detail: null,
        }) as unknown as SagaLogLine,
    ),
    sagaStore.appendLog,
  );

const readLog: OperationKind = (draw) =>
  operation("sagas.log", draw.pick(keys), (tx, key) => sagaStore.log(tx, key));

const remember: OperationKind = (draw) =>
  operation(
    "definitions.remember",
    draw
      .some(["place-order", "cancel-order"])
      .map((saga) => ({ saga, version: draw.integer(1, 2), steps: [] })),
    definitionStore.remember,
  );

const running: OperationKind = () =>
  operation("definitions.running", undefined, (tx) =>
    definitionStore.running(tx),
  );

const waitingAppend: OperationKind = (draw) =>
  operation(
    "waitingInputs.append",
    draw
      .ids(sagaIds)
      .map((sagaId) => ({ sagaId, input: { kind: "timeout" } })) as unknown[],
    (tx, inputs) => waitingInputs.append(tx, inputs as WaitingInput[]),
  );

const waitingTake: OperationKind = (draw) =>
  operation("waitingInputs.take", draw.some(versions), (tx, some) =>
    waitingInputs.take(tx, 5, some),
  );

const waitingTakeAmong: OperationKind = (draw) =>
  operation("waitingInputs.takeAmong", draw.ids(sagaIds), (tx, ids) =>
    waitingInputs.takeAmong(tx, 5, ids as SagaId[]),
  );

const waitingRuns: OperationKind = (draw) =>
  operation("waitingInputs.runs", draw.some(versions), (tx, some) =>
    waitingInputs.runs(tx, 5, some),
  );

export const sagaOperations: readonly OperationKind[] = [
  insert,
  insert,
  update,
  update,
  lockByKeys,
  lockById,
  restartClock,
  lockDue,
  due,
  lockDueAmong,
  setAside,
  appendLog,
  readLog,
  remember,
  running,
  waitingAppend,
  waitingTake,
  waitingTakeAmong,
  waitingRuns,
];
