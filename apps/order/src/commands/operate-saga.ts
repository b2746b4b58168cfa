import type { Transact } from "@cartwright/database/tx";
import { Refusal } from "@cartwright/kernel/refusal";
import {
  recordAction,
  type Operator,
} from "@cartwright/messaging/operator-actions";
import { parkedKeysOf } from "@cartwright/messaging/parked-keys";
import type { SagaEngine } from "@cartwright/saga/engine";
import type { SagaInstance } from "@cartwright/saga/instance";
import type { OperatorCommand } from "@cartwright/saga/operate";
import { sagaReader } from "@cartwright/saga/saga-reader";
import type { OrderDecider } from "../domain/order.ts";

/** Does what an operator commands and writes it down, in one transaction. */
export function operateSagas(dependencies: {
  readonly db: { readonly transaction: Transact };
  readonly sagas: SagaEngine<OrderDecider>;
}) {
  const { db, sagas } = dependencies;
  return (
    sagaId: string,
    command: OperatorCommand,
    operator: Operator,
  ): Promise<SagaInstance> =>
    db.transaction(async (tx) => {
      const run = await sagaReader.find(tx, sagaId);
      const parked = run ? await parkedKeysOf(tx, run.key) : [];
      const operated = await sagas.operate(tx, sagaId, {
        ...{ kind: "operator", command, by: operator.id },
        ...{ reason: operator.reason, parked: parked.length > 0 },
      });
      if (operated === undefined) throw noSuchSaga();
      await recordAction(tx, {
        operator,
        action: `sagas.${Object.values(command).join(".")}`,
        target: sagaId,
        before: stateOf(operated.before),
        after: stateOf(operated.after),
      });
      return operated.after;
    });
}

export const noSuchSaga = (): Refusal =>
  new Refusal("not-found", "There is no such saga.");

const stateOf = ({
  status,
  direction,
  step,
  attempt,
  reason,
}: SagaInstance) => ({
  ...{ status, direction, step, attempt, reason },
});
