import type { Cause } from "@cartwright/contracts/message";
import type { Queryable } from "@cartwright/database/tx";
import type { AwaitedAnswer } from "@cartwright/saga/awaited";
import type { SagaEngine } from "@cartwright/saga/engine";
import {
  sagaReader,
  type LoggedLine,
  type SagaRun,
} from "@cartwright/saga/saga-reader";
import type { FindParked, Parked } from "./find-parked.ts";
import { noSuchSaga } from "../commands/operate-saga.ts";
import type { OrderDecider } from "../domain/order.ts";

/** A run with all that an operator needs to decide what to do about it. */
export type SagaDetails = {
  readonly run: SagaRun;
  readonly log: readonly LoggedLine[];
  readonly awaits: AwaitedAnswer | undefined;
  /** What the participant last said no to, of the step in hand. */
  readonly lastRefusal: LoggedLine | undefined;
  readonly parked: Parked;
};

export async function getSaga(
  {
    db,
    sagas,
    findParked,
  }: {
    readonly db: Queryable;
    readonly sagas: Pick<SagaEngine<OrderDecider>, "awaits">;
    readonly findParked: FindParked;
  },
  id: string,
  cause: Cause,
): Promise<SagaDetails> {
  const run = await sagaReader.find(db, id);
  if (run === undefined) throw noSuchSaga();
  const [log, parked] = await Promise.all([
    sagaReader.log(db, id),
    findParked(run.key, cause),
  ]);
  const lastRefusal = log.findLast(
    ({ step, entry }) =>
      step === run.step && (entry === "refused" || entry === "undo-refused"),
  );
  return { run, log, parked, lastRefusal, awaits: sagas.awaits(run) };
}
