import { contractOf } from "@cartwright/contracts/catalogue";
import { schemaOf } from "@cartwright/database/role-url";
import type { Queryable } from "@cartwright/database/tx";
import type { ReceivedRecord } from "@cartwright/messaging/bus";

/** Where each kind of subject counts its events: schema, table, column of its id. */
const places: Readonly<Record<string, readonly [string, string, string]>> = {
  user: ["identity", "users", "id"],
  product: ["catalog", "products", "id"],
  order: ["order", "orders", "id"],
  payment: ["payment", "payments", "id"],
  reservation: ["inventory", "reservations", "order_id"],
  stock: ["inventory", "stock", "sku"],
  shipment: ["shipping", "shipments", "id"],
  notification: ["notification", "deliveries", "id"],
};

const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const subjectOf = ({ headers }: ReceivedRecord): string =>
  headers.ce_subject ?? "";

/** Whether it is an event of ours. */
export const isEvent = ({ headers }: ReceivedRecord): boolean =>
  contractOf(headers.ce_type ?? "")?.kind === "event";

/**
 * Those of the events whose publisher has them: the row that counts its subject's events has counted as far. The
 * others were published by transactions that this database does not have.
 */
export async function knownAmong(
  db: Queryable,
  events: readonly ReceivedRecord[],
): Promise<ReadonlySet<ReceivedRecord>> {
  const counts = new Map<string, number>();
  const byKind = Map.groupBy(events, (event) => kindAndId(event)[0]);
  for (const [kind, some] of byKind) {
    const place = places[kind];
    if (place === undefined) continue;
    const [service, table, column] = place;
    const type = column === "sku" ? "text" : "uuid";
    const ids = some
      .map((event) => kindAndId(event)[1])
      .filter((id) => type === "text" || isUuid.test(id));
    const rows = await db.query<{ id: string; count: number }>(
      `SELECT ${column}::text AS id, event_sequence AS count FROM "${schemaOf(service)}".${table}
       WHERE ${column} = ANY ($1::${type}[])`,
      [[...new Set(ids)]],
    );
    for (const { id, count } of rows) counts.set(`${kind}/${id}`, count);
  }
  return new Set(
    events.filter(
      (event) =>
        Number(event.headers.ce_sequence) <=
        (counts.get(subjectOf(event)) ?? 0),
    ),
  );
}

/** What became of these orders, as far as the database knows them. */
export async function statusesOf(
  db: Queryable,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.query<{ id: string; status: string }>(
    `SELECT id, status FROM "order".orders WHERE id = ANY ($1::uuid[])`,
    [[...new Set(orderIds)].filter((id) => isUuid.test(id))],
  );
  return new Map(rows.map(({ id, status }) => [id, status]));
}

function kindAndId(event: ReceivedRecord): readonly [string, string] {
  const [, kind = "", id = ""] = /^([^/]+)\/(.*)$/.exec(subjectOf(event)) ?? [];
  return [kind, id];
}
