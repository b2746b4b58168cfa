import type { Transact } from "@cartwright/database/tx";
import { once, onceOf } from "@cartwright/http/idempotency";
import { ok } from "@cartwright/http/reply";
import { get, post, type Route } from "@cartwright/http/route";
import type { Clock } from "@cartwright/kernel/clock";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Outbox } from "@cartwright/messaging/outbox";
import { adjustingStock } from "../commands/adjust-stock.ts";
import type { InventoryReader } from "../db/inventory-reader.ts";
import * as shapes from "./schemas.ts";
import { viewOfItem, viewOfReservation, viewOfWarehouse } from "./views.ts";

type Needs = {
  readonly db: { readonly transaction: Transact };
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly reader: InventoryReader;
};

export const inventoryRoutes = (needs: Needs): Route[] => [
  listStockRoute(needs),
  availabilityRoute(needs),
  adjustStockRoute(needs),
  reservationRoute(needs),
  warehousesRoute(needs),
];

const listStockRoute = ({ reader }: Needs) =>
  get("/api/v1/inventory", {
    summary: "Everything that is stocked, by sku",
    access: "inventory.read",
    query: shapes.itemsQuery,
    responses: { 200: shapes.itemsView },
    async handle({ query: { cursor, limit } }) {
      const items = await reader.items({ after: cursor, limit });
      const last = items.length === limit ? items.at(-1) : undefined;
      return ok({
        items: items.map(viewOfItem),
        ...(last && { nextCursor: last.sku }),
      });
    },
  });

const availabilityRoute = ({ reader }: Needs) =>
  get("/api/v1/inventory/:sku", {
    summary: "How many can be bought right now",
    access: "public",
    params: shapes.skuParams,
    responses: { 200: shapes.availabilityView },
    refusals: ["not-found"],
    async handle({ params: { sku } }) {
      const available = await reader.available(sku);
      if (available === undefined) {
        throw new Refusal("not-found", `${sku} is not stocked.`);
      }
      return ok({ sku, available });
    },
  });

const adjustStockRoute = ({ db, ...needs }: Needs) => {
  const adjustStock = adjustingStock(needs);
  return post("/api/v1/inventory/:sku/adjustments", {
    summary: "Bring units in, or take them out with a negative delta",
    access: "inventory.write",
    params: shapes.skuParams,
    body: shapes.adjustmentBody,
    responses: { 200: shapes.itemView },
    refusals: ["not-found", "insufficient-stock"],
    idempotency: "accepted",
    handle: ({ params: { sku }, body, cause, ...request }) =>
      once(
        db,
        onceOf(request, `POST /inventory/${sku}/adjustments`),
        async (tx) =>
          ok(viewOfItem(await adjustStock(tx, { sku, ...body }, cause))),
      ),
  });
};

const reservationRoute = ({ reader }: Needs) =>
  get("/api/v1/reservations/:orderId", {
    summary: "What is held for an order",
    access: "inventory.read",
    params: shapes.orderParams,
    responses: { 200: shapes.reservationView },
    refusals: ["not-found"],
    async handle({ params: { orderId } }) {
      const reservation = await reader.reservation(orderId);
      if (reservation === undefined) {
        throw new Refusal("not-found", "Nothing was ever held for this order.");
      }
      return ok(viewOfReservation(reservation));
    },
  });

const warehousesRoute = ({ reader }: Needs) =>
  get("/api/v1/warehouses", {
    summary: "Where goods lie",
    access: "inventory.read",
    responses: { 200: shapes.warehousesView },
    handle: async () =>
      ok({ items: (await reader.warehouses()).map(viewOfWarehouse) }),
  });
