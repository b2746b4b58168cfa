import { isStaff, type Principal } from "@cartwright/auth/principal";
import { ok } from "@cartwright/http/reply";
import { get, type Route } from "@cartwright/http/route";
import { Refusal } from "@cartwright/kernel/refusal";
import type { PaymentReader, Visible } from "../db/payment-reader.ts";
import * as shapes from "./schemas.ts";
import { viewOfPayment } from "./views.ts";

export const readPaymentsRoutes = (reader: PaymentReader): Route[] => [
  listPaymentsRoute(reader),
  paymentRoute(reader),
];

const listPaymentsRoute = (reader: PaymentReader) =>
  get("/api/v1/payments", {
    summary:
      "Payments, those of the newest orders first: your own, or everybody's for staff",
    access: "payments.read",
    query: shapes.paymentsQuery,
    responses: { 200: shapes.paymentsView },
    async handle({ query: { orderId, status, cursor, limit }, user }) {
      const items = await reader.payments({
        ...visibleTo(user),
        orderId,
        status,
        before: cursor,
        limit,
      });
      const last = items.length === limit ? items.at(-1) : undefined;
      return ok({
        items: items.map(viewOfPayment),
        ...(last && { nextCursor: last.orderId }),
      });
    },
  });

const paymentRoute = (reader: PaymentReader) =>
  get("/api/v1/payments/:paymentId", {
    summary: "One payment, with the money that moved",
    access: "payments.read",
    params: shapes.paymentParams,
    responses: { 200: shapes.paymentView },
    refusals: ["not-found"],
    async handle({ params: { paymentId }, user }) {
      const payment = await reader.payment(paymentId, visibleTo(user));
      if (payment === undefined) throw notFound();
      return ok(viewOfPayment(payment));
    },
  });

const visibleTo = (user: Principal): Visible =>
  isStaff(user) ? {} : { customerId: user.id };

const notFound = () => new Refusal("not-found", "There is no such payment.");
