import { accepted } from "@cartwright/http/reply";
import { post } from "@cartwright/http/route";
import type { CancellationRequest } from "../commands/request-cancellation.ts";
import type { Order, OrderStatus } from "../domain/order.ts";
import type { Reader } from "../queries/get-order.ts";
import { readerOf } from "./reader.ts";
import {
  cancellationAccepted,
  cancellationBody,
  orderParams,
} from "./schemas.ts";

export const cancelOrderRoute = (
  getOrder: (orderId: string, reader: Reader) => Promise<Order>,
  requestCancellation: (request: CancellationRequest) => Promise<OrderStatus>,
) =>
  post("/api/v1/orders/:orderId/cancellation", {
    summary:
      "Ask for an order to be cancelled; granted once everything is undone",
    access: "orders.write",
    params: orderParams,
    body: cancellationBody,
    responses: { 202: cancellationAccepted },
    refusals: ["not-found", "order-not-cancellable"],
    handle: async ({ params, body, user, cause }) => {
      const order = await getOrder(params.orderId, readerOf(user));
      const reason = body.reason ?? "requested-by-customer";
      const status = await requestCancellation({
        orderId: order.id,
        reason,
        cause,
      });
      return accepted(
        { orderId: order.id, status },
        { location: `/api/v1/orders/${order.id}` },
      );
    },
  });
