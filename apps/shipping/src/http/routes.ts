import { addressBody } from "@cartwright/http/address-body";
import { ok } from "@cartwright/http/reply";
import { get, post, type Route } from "@cartwright/http/route";
import type { Carrier } from "../carriers/carrier.ts";
import { ratesTo } from "../domain/rates.ts";
import { shipmentRoutes } from "./shipment.routes.ts";
import * as shapes from "./schemas.ts";
import { viewOfRate } from "./views.ts";

type Needs = Parameters<typeof shipmentRoutes>[0] & {
  readonly carrier: Carrier;
};

export const shippingRoutes = (needs: Needs): Route[] => [
  ...shipmentRoutes(needs),
  ratesRoute,
  addressValidationRoute(needs),
];

const ratesRoute = get("/api/v1/shipping/rates", {
  summary: "What a parcel to a country costs",
  access: "public",
  query: shapes.ratesQuery,
  responses: { 200: shapes.ratesView },
  handle: async ({ query: { country } }) =>
    ok({ items: ratesTo(country).map(viewOfRate) }),
});

const addressValidationRoute = ({ carrier }: Needs) =>
  post("/api/v1/addresses/validation", {
    summary: "Whether a parcel would arrive there",
    access: "public",
    body: addressBody,
    responses: { 200: shapes.addressCheckView },
    async handle({ body, signal }) {
      const code = await carrier.refusalFor(body, signal);
      return ok(
        code === undefined
          ? { deliverable: true }
          : { deliverable: false, code },
      );
    },
  });
