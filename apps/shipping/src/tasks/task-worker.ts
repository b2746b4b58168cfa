import type { BatchDatabase } from "@cartwright/database/tx";
import type { Clock } from "@cartwright/kernel/clock";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import { derivedId } from "@cartwright/kernel/ids";
import type { AttemptWorker, CallResult } from "@cartwright/messaging/attempts";
import { attemptWorker } from "@cartwright/messaging/attempt-worker";
import type { Outbox } from "@cartwright/messaging/outbox";
import type { Logger } from "@cartwright/observability/logger";
import type { Tracing } from "@cartwright/observability/tracing";
import type { Carrier } from "../carriers/carrier.ts";
import {
  decidingOn,
  type DecideAll,
  type DueTask,
  type RecordTasks,
} from "../decide-all.ts";
import { dispatch, settleBooking } from "../domain/deciders.ts";
import type {
  BookingOutcome,
  Shipment,
  ShipmentDecision,
  ShipmentId,
  ShipmentTask,
} from "../domain/shipment.ts";

type TaskOutcome =
  | BookingOutcome
  | { readonly kind: "booking-cancelled" }
  | { readonly kind: "time-to-dispatch" };

type Needs = {
  readonly db: BatchDatabase;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tracing?: Tracing;
  readonly carrier: Carrier;
  readonly concurrency: number;
  /** Undefined: shipments wait for somebody to dispatch them. */
  readonly autoDispatchAfter: Duration | undefined;
};

/** Calls the carrier for what was decided, and decides on what it says. */
export function taskWorker(needs: Needs): {
  readonly worker: AttemptWorker<ShipmentTask>;
  readonly decideAll: DecideAll;
} {
  const { carrier, clock, concurrency, autoDispatchAfter } = needs;

  const recordTasks: RecordTasks = (tx, due) =>
    worker.record(
      tx,
      due.flatMap((each) => attemptFor(each, autoDispatchAfter)),
    );

  const decideAll = decidingOn({ outbox: needs.outbox, recordTasks });

  const worker = attemptWorker<ShipmentTask, TaskOutcome>({
    name: "shipment tasks",
    ...needs,
    concurrency,
    timeout: seconds(10),
    call: async ({ request, subjectId }, signal) =>
      settled(await carryOut(carrier, request, subjectId, signal)),
    async settle(tx, finished) {
      const at = clock.now().toISOString();
      await decideAll(
        tx,
        finished.map(({ attempt, outcome }) => ({
          shipmentId: attempt.subjectId as ShipmentId,
          cause: attempt.cause,
          decide: (shipment) => shipment && settle(shipment, outcome, at),
        })),
      );
    },
  });

  return { worker, decideAll };
}

/** None for a dispatch that is left to people. */
function attemptFor(
  { shipmentId, task, cause }: DueTask,
  autoDispatchAfter: Duration | undefined,
) {
  const { kind } = task;
  const attempt = {
    id: derivedId(kind, shipmentId),
    ...{ kind, subjectId: shipmentId, request: task, cause },
  };
  if (kind !== "dispatch") return [attempt];
  return autoDispatchAfter === undefined
    ? []
    : [{ ...attempt, delay: autoDispatchAfter }];
}

const settled = <Outcome>(outcome: Outcome): CallResult<Outcome> => ({
  settled: true,
  outcome,
});

/** Under one reference the carrier books once, so that a call of unknown outcome is simply made again. */
async function carryOut(
  carrier: Carrier,
  task: ShipmentTask,
  reference: string,
  signal: AbortSignal,
): Promise<TaskOutcome> {
  switch (task.kind) {
    case "book":
      return carrier.book({ ...task, reference }, signal);
    case "cancel-booking":
      await carrier.cancel(reference, signal);
      return { kind: "booking-cancelled" };
    case "dispatch":
      return { kind: "time-to-dispatch" };
  }
}

function settle(
  shipment: Shipment,
  outcome: TaskOutcome,
  at: string,
): ShipmentDecision | undefined {
  switch (outcome.kind) {
    case "booked":
    case "refused":
      return settleBooking(shipment, outcome, at);
    case "booking-cancelled":
      return undefined;
    case "time-to-dispatch":
      return shipment.status === "dispatchable"
        ? dispatch(shipment, at)
        : undefined;
  }
}
