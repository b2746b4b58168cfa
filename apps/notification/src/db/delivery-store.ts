import { insertUnlessThere, statement, type Tx } from "@cartwright/database/tx";
import type {
  Delivery,
  DeliveryId,
  SettledDelivery,
} from "../domain/delivery.ts";

type Row = Omit<Delivery, "state"> & {
  readonly status: "requested" | "sent" | "failed";
  readonly title: string | null;
  readonly code: string | null;
  readonly settledAt: Date | null;
};

const insert = insertUnlessThere(
  "deliveries-insert",
  (onConflict) =>
    `INSERT INTO deliveries (id, order_id, customer_id, template, channel, status, requested_at)
     SELECT id, order_id, customer_id, template, channel, 'requested', requested_at
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[])
       AS rows (id, order_id, customer_id, template, channel, requested_at)
     ORDER BY id ${onConflict} RETURNING id`,
  "(id)",
);

/** Records requested deliveries. Returns the ids of those that were new. */
export async function insertMany(
  tx: Tx,
  deliveries: readonly Delivery[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ id: DeliveryId }>(insert, [
    deliveries.map(({ id }) => id),
    deliveries.map(({ orderId }) => orderId),
    deliveries.map(({ customerId }) => customerId),
    deliveries.map(({ template }) => template),
    deliveries.map(({ channel }) => channel),
    deliveries.map(({ requestedAt }) => requestedAt),
  ]);
  return new Set(rows.map(({ id }) => id));
}

const load = statement(
  "deliveries-load",
  `SELECT id, order_id AS "orderId", customer_id AS "customerId", template, channel,
          requested_at AS "requestedAt", event_sequence AS "eventSequence",
          status, title, code, settled_at AS "settledAt"
   FROM deliveries WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE`,
);

/** The deliveries, locked. */
export async function loadMany(
  tx: Tx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Delivery>> {
  const rows = await tx.query<Row>(load, [ids]);
  return new Map(rows.map((row) => [row.id, deliveryOf(row)]));
}

const save = statement(
  "deliveries-save",
  `UPDATE deliveries
   SET status = rows.status, title = rows.title, code = rows.code,
       settled_at = rows.settled_at, event_sequence = rows.event_sequence
   FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::int[])
     AS rows (id, status, title, code, settled_at, event_sequence)
   WHERE deliveries.id = rows.id`,
);

export function saveMany(tx: Tx, deliveries: readonly SettledDelivery[]): void {
  tx.send(save, [
    deliveries.map(({ id }) => id),
    deliveries.map(({ state }) => state.status),
    deliveries.map(({ state }) => state.title ?? null),
    deliveries.map(({ state }) =>
      state.status === "failed" ? state.code : null,
    ),
    deliveries.map(({ state }) => state.settledAt),
    deliveries.map(({ eventSequence }) => eventSequence),
  ]);
}

function deliveryOf({ status, title, code, settledAt, ...row }: Row): Delivery {
  if (settledAt === null) return { ...row, state: { status: "requested" } };
  return {
    ...row,
    state:
      status === "sent"
        ? { status, title: title ?? "", settledAt }
        : {
            status: "failed",
            code: code ?? "",
            ...(title !== null && { title }),
            settledAt,
          },
  };
}
