import { statement, type Tx } from "@cartwright/database/tx";
import type { Shipment } from "../domain/shipment.ts";
import { rowOf, shipmentOf, type ShipmentRow } from "./shipment-mapper.ts";

const load = statement(
  "shipments-load",
  `SELECT id, order_id AS "orderId", status, customer_id AS "customerId", lines, address, carrier,
          tracking_number AS "trackingNumber", code, history, event_sequence AS sequence
   FROM shipments WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE`,
);

/** Not an upsert: a row that somebody else has just inserted must not be overwritten unseen. */
const save = statement(
  "shipments-save",
  `WITH rows AS (
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::jsonb[], $6::jsonb[],
         $7::text[], $8::text[], $9::text[], $10::jsonb[], $11::int[], $12::bool[])
       AS rows (id, order_id, status, customer_id, lines, address, carrier, tracking_number, code,
         history, event_sequence, loaded)
   ), updated AS (
     UPDATE shipments
     SET status = rows.status, customer_id = rows.customer_id, lines = rows.lines,
         address = rows.address, carrier = rows.carrier, tracking_number = rows.tracking_number,
         code = rows.code, history = rows.history, event_sequence = rows.event_sequence
     FROM rows WHERE shipments.id = rows.id AND rows.loaded
   )
   INSERT INTO shipments (id, order_id, status, customer_id, lines, address, carrier,
     tracking_number, code, history, event_sequence)
   SELECT id, order_id, status, customer_id, lines, address, carrier, tracking_number, code, history,
     event_sequence
   FROM rows WHERE NOT loaded ORDER BY id`,
);

export const shipmentStore = {
  /** These shipments, as far as there are any, locked in the order of their ids. */
  async loadMany(
    tx: Tx,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, Shipment>> {
    const rows = await tx.query<ShipmentRow>(load, [ids]);
    return new Map(rows.map((row) => [row.id, shipmentOf(row)]));
  },

  /** Writes what has changed since `loaded`. */
  saveMany(
    tx: Tx,
    loaded: ReadonlyMap<string, Shipment>,
    shipments: Iterable<Shipment>,
  ): void {
    const changed = [...shipments].filter(
      (each) => each !== loaded.get(each.id),
    );
    if (changed.length === 0) return;
    const rows = changed.map(rowOf);
    tx.send(save, [
      rows.map(({ id }) => id),
      rows.map(({ orderId }) => orderId),
      rows.map(({ status }) => status),
      rows.map(({ customerId }) => customerId),
      rows.map(({ lines }) => json(lines)),
      rows.map(({ address }) => json(address)),
      rows.map(({ carrier }) => carrier),
      rows.map(({ trackingNumber }) => trackingNumber),
      rows.map(({ code }) => code),
      rows.map(({ history }) => json(history)),
      rows.map(({ sequence }) => sequence),
      rows.map(({ id }) => loaded.has(id)),
    ]);
  },
};

const json = (value: unknown): string | null =>
  value === null ? null : JSON.stringify(value);
