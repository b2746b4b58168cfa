import { isStaff, type Principal } from "@cartwright/auth/principal";
import type { Transact } from "@cartwright/database/tx";
import { ok } from "@cartwright/http/reply";
import { get, post, type Route } from "@cartwright/http/route";
import type { Clock } from "@cartwright/kernel/clock";
import { Refusal } from "@cartwright/kernel/refusal";
import type { DecideAll } from "../decide-all.ts";
import type { ShipmentReader } from "../db/shipment-reader.ts";
import { deliver, dispatch } from "../domain/deciders.ts";
import type {
  Shipment,
  ShipmentDecision,
  ShipmentId,
} from "../domain/shipment.ts";
import * as shapes from "./schemas.ts";
import { trackingOf, viewOfShipment } from "./views.ts";

type Needs = {
  readonly db: { readonly transaction: Transact };
  readonly clock: Clock;
  readonly decideAll: DecideAll;
  readonly reader: ShipmentReader;
};

export const shipmentRoutes = (needs: Needs): Route[] => [
  listShipmentsRoute(needs),
  shipmentRoute(needs),
  trackingRoute(needs),
  changeRoute(needs, {
    path: "/api/v1/shipments/:shipmentId/dispatch",
    summary: "It has left the warehouse",
    refusal: "not-dispatchable",
    decide: dispatch,
  }),
  changeRoute(needs, {
    path: "/api/v1/shipments/:shipmentId/delivery",
    summary: "It has arrived",
    refusal: "not-dispatched",
    decide: deliver,
  }),
];

const listShipmentsRoute = ({ reader }: Needs) =>
  get("/api/v1/shipments", {
    summary: "Shipments, newest first; customers see their own",
    access: "shipments.read",
    query: shapes.shipmentsQuery,
    responses: { 200: shapes.shipmentsView },
    async handle({ query: { orderId, cursor, limit }, user }) {
      const shipments = await reader.page(
        { orderId, customerId: visibleTo(user) },
        { after: cursor, limit },
      );
      const last = shipments.length === limit ? shipments.at(-1) : undefined;
      return ok({
        items: shipments.map(viewOfShipment),
        ...(last && { nextCursor: last.id }),
      });
    },
  });

const shipmentRoute = ({ reader }: Needs) =>
  get("/api/v1/shipments/:shipmentId", {
    summary: "One shipment",
    access: "shipments.read",
    params: shapes.shipmentParams,
    responses: { 200: shapes.shipmentView },
    refusals: ["not-found"],
    handle: async ({ params: { shipmentId }, user }) =>
      ok(viewOfShipment(found(await reader.one(shipmentId, visibleTo(user))))),
  });

const trackingRoute = ({ reader }: Needs) =>
  get("/api/v1/shipments/:shipmentId/tracking", {
    summary: "Where a shipment is and has been",
    access: "shipments.read",
    params: shapes.shipmentParams,
    responses: { 200: shapes.trackingView },
    refusals: ["not-found"],
    handle: async ({ params: { shipmentId }, user }) =>
      ok(trackingOf(found(await reader.one(shipmentId, visibleTo(user))))),
  });

type Change = {
  readonly path: string;
  readonly summary: string;
  readonly refusal: string;
  readonly decide: (shipment: Shipment, at: string) => ShipmentDecision;
};

const changeRoute = (
  { db, clock, decideAll }: Needs,
  { path, summary, refusal, decide }: Change,
) =>
  post(path, {
    summary,
    access: "shipments.write",
    params: shapes.shipmentParams,
    responses: { 200: shapes.shipmentView },
    refusals: ["not-found", refusal],
    async handle({ params, cause }) {
      const shipmentId = params.shipmentId as ShipmentId;
      const at = clock.now().toISOString();
      const shipments = await db.transaction((tx) =>
        decideAll(tx, [
          {
            shipmentId,
            cause,
            decide: (shipment) => decide(found(shipment), at),
          },
        ]),
      );
      return ok(viewOfShipment(found(shipments.get(shipmentId))));
    },
  });

function found(shipment: Shipment | undefined): Shipment {
  if (shipment) return shipment;
  throw new Refusal("not-found", "There is no such shipment.");
}

/** Customers see their own; staff see everybody's. */
const visibleTo = (user: Principal): string | undefined =>
  isStaff(user) ? undefined : user.id;
