import { orderCreated } from "@cartwright/contracts/order";
import { authorizePayment } from "@cartwright/contracts/payment";
import { createShipment } from "@cartwright/contracts/shipping";
import { idParam } from "@cartwright/http/id-param";
import { operatorReason } from "@cartwright/http/operator-reason";
import { ok } from "@cartwright/http/reply";
import { post, type Route } from "@cartwright/http/route";
import { z } from "zod";
import { askAgain } from "../commands/ask-again.ts";
import {
  outcomes,
  reconcileOrders,
  type ReconcileDependencies,
} from "../commands/reconcile-orders.ts";

const commandShape = <Data extends z.ZodType>(data: Data) =>
  z.strictObject({
    id: idParam,
    attempt: z.int().min(1),
    sequence: z.int().min(1),
    data,
  });

const reconcileBody = z.strictObject({
  reason: operatorReason,
  orders: z
    .array(
      z.strictObject({
        orderId: idParam,
        correlationId: z.string().min(1).max(200),
        created: orderCreated.schema.optional(),
        authorize: commandShape(authorizePayment.schema).optional(),
        ship: commandShape(createShipment.schema).optional(),
        undone: z.boolean(),
        cancelledBecause: z.string().min(1).max(200).optional(),
      }),
    )
    .max(100),
});

const reconciledView = z.object({
  items: z.array(z.object({ orderId: z.guid(), outcome: z.enum(outcomes) })),
});

const askBody = z.strictObject({
  reason: operatorReason,
  /** The last saga of the page before. */
  cursor: idParam.optional(),
});
const askedView = z.object({
  asked: z.int(),
  nextCursor: z.guid().optional(),
});

/** After a restored backup: what operators do to orders that the topics know better than the database. */
export const reconcileRoutes = (
  needs: ReconcileDependencies,
): readonly Route[] => [
  post("/api/v1/operations/order/reconciliation", {
    summary:
      "Bring orders that a restored database has lost, or knows too little of, to their ends",
    access: "sagas.write",
    body: reconcileBody,
    responses: { 200: reconciledView },
    handle: async ({ body: { reason, orders }, user }) =>
      ok({
        items: await reconcileOrders(needs)(orders, { id: user.id, reason }),
      }),
  }),
  post("/api/v1/operations/order/reconciliation/questions", {
    summary: "Have every saga that runs send its command in hand again",
    access: "sagas.write",
    body: askBody,
    responses: { 200: askedView },
    handle: async ({ body: { reason, cursor }, user }) =>
      ok(await askAgain(needs)({ id: user.id, reason }, cursor)),
  }),
];
