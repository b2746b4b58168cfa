import type { Cause } from "@cartwright/contracts/message";
import type { Tx } from "@cartwright/database/tx";
import type { Outbox, Outgoing } from "@cartwright/messaging/outbox";
import { shipmentStore } from "./db/shipment-store.ts";
import type {
  Shipment,
  ShipmentDecision,
  ShipmentId,
  ShipmentTask,
} from "./domain/shipment.ts";
import { publishedForm } from "./published.ts";

/** A task that a decision has led to. */
export type DueTask = {
  readonly shipmentId: ShipmentId;
  readonly task: ShipmentTask;
  readonly cause: Cause;
};

export type RecordTasks = (tx: Tx, due: readonly DueTask[]) => void;

export type Question = {
  readonly shipmentId: ShipmentId;
  readonly cause: Cause;
  readonly decide: (
    shipment: Shipment | undefined,
  ) => ShipmentDecision | undefined;
};

/** Answers the questions in turn, and returns their shipments as they are then. */
export type DecideAll = (
  tx: Tx,
  questions: readonly Question[],
) => Promise<ReadonlyMap<string, Shipment>>;

/** The only way a shipment changes: locked, decided on, and saved with its events and tasks. */
export const decidingOn =
  (needs: {
    readonly outbox: Outbox;
    readonly recordTasks: RecordTasks;
  }): DecideAll =>
  async (tx, questions) => {
    const ids = new Set(questions.map(({ shipmentId }) => shipmentId));
    const loaded = await shipmentStore.loadMany(tx, [...ids]);
    const shipments = new Map(loaded);
    const outgoing: Outgoing[] = [];
    const due: DueTask[] = [];
    for (const { shipmentId, cause, decide } of questions) {
      const decision = decide(shipments.get(shipmentId));
      if (decision === undefined) continue;
      const { shipment, event, task } = decision;
      shipments.set(shipmentId, shipment);
      if (event) {
        const { sequence } = event;
        outgoing.push({ draft: publishedForm(event), sequence, cause });
      }
      if (task) due.push({ shipmentId, task, cause });
    }
    shipmentStore.saveMany(tx, loaded, shipments.values());
    needs.outbox.append(tx, outgoing);
    needs.recordTasks(tx, due);
    return shipments;
  };
