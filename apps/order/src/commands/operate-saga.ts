import type { Cause } from "@cartwright/contracts/message";
import type { Queryable, Tx } from "@cartwright/database/tx";
import { Refusal } from "@cartwright/kernel/refusal";
import {
  recordAction,
  type Operator,
} from "@cartwright/messaging/operator-actions";
import type { SagaEngine } from "@cartwright/saga/engine";
import type { SagaInstance } from "@cartwright/saga/instance";
import type { OperatorCommand } from "@cartwright/saga/operate";
import { sagaReader } from "@cartwright/saga/saga-reader";
import type { OrderDecider } from "../domain/order.ts";
import type { FindParked } from "../queries/find-parked.ts";

export type SagaOperation = {
  readonly sagaId: string;
  readonly command: OperatorCommand;
  readonly operator: Operator;
  readonly cause: Cause;
};

/**
 * Gathers what an operator's command needs to know, and returns what does it and writes it down in a
 * transaction. Done again it would act on what it has brought about itself: run it `once`.
 */
export function operateSagas({
  db,
  sagas,
  findParked,
}: {
  readonly db: Queryable;
  readonly sagas: SagaEngine<OrderDecider>;
  readonly findParked: FindParked;
}) {
  return async (
    operation: SagaOperation,
  ): Promise<(tx: Tx) => Promise<SagaInstance>> => {
    const { sagaId, command, operator, cause } = operation;
    const run = await sagaReader.find(db, sagaId);
    if (run === undefined) throw noSuchSaga();
    const asksForParked = command.action === "close" && run.status !== "stuck";
    const parked = asksForParked
      ? (await findParked(run.key, cause)).items.length > 0
      : false;
    const { id: by, reason } = operator;
    const input = { kind: "operator", command, by, reason, parked } as const;
    return async (tx) => {
      const operated = await sagas.operate(tx, sagaId, input);
      if (operated === undefined) throw noSuchSaga();
      recordAction(tx, {
        operator,
        action: `sagas.${Object.values(command).join(".")}`,
        target: operated.after.id,
        before: stateOf(operated.before),
        after: stateOf(operated.after),
      });
      return operated.after;
    };
  };
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
