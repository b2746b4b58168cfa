import { statement, type Tx } from "@cartwright/database/tx";
import type { Reservation } from "../domain/reservation.ts";

const load = statement(
  "reservations-load",
  `SELECT order_id AS "orderId", status, lines, event_sequence AS sequence
   FROM reservations WHERE order_id = ANY ($1::uuid[]) ORDER BY order_id FOR UPDATE`,
);

/** Not an upsert: a row that somebody else has just inserted must not be overwritten unseen. */
const save = statement(
  "reservations-save",
  `WITH rows AS (
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::jsonb[], $4::int[], $5::bool[])
       AS rows (order_id, status, lines, event_sequence, loaded)
   ), updated AS (
     UPDATE reservations
     SET status = rows.status, lines = rows.lines, event_sequence = rows.event_sequence,
         updated_at = now()
     FROM rows WHERE reservations.order_id = rows.order_id AND rows.loaded
   )
   INSERT INTO reservations (order_id, status, lines, event_sequence)
   SELECT order_id, status, lines, event_sequence FROM rows WHERE NOT loaded ORDER BY order_id`,
);

export const reservationStore = {
  /** What these orders hold, locked in the order of their ids. */
  async loadMany(
    tx: Tx,
    orderIds: readonly string[],
  ): Promise<ReadonlyMap<string, Reservation>> {
    const rows = await tx.query<Reservation>(load, [orderIds]);
    return new Map(rows.map((row) => [row.orderId, row]));
  },

  /** Writes what has changed since `loaded`. */
  saveMany(
    tx: Tx,
    loaded: ReadonlyMap<string, Reservation>,
    reservations: Iterable<Reservation>,
  ): void {
    const changed = [...reservations].filter(
      (each) => each !== loaded.get(each.orderId),
    );
    if (changed.length === 0) return;
    tx.send(save, [
      changed.map(({ orderId }) => orderId),
      changed.map(({ status }) => status),
      changed.map(({ lines }) => JSON.stringify(lines)),
      changed.map(({ sequence }) => sequence),
      changed.map(({ orderId }) => loaded.has(orderId)),
    ]);
  },
};
