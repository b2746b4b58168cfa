import {
  addressShape,
  moneyShape,
  orderItemShape,
  timeShape,
} from "@cartwright/contracts/shapes";
import { addressBody } from "@cartwright/http/address-body";
import { withExample } from "@cartwright/http/example";
import { idOr, idParam } from "@cartwright/http/id-param";
import { readOrderNumber } from "@cartwright/kernel/order-number";
import { z } from "zod";
import { orderStatuses, type Order } from "../domain/order.ts";

/** Above what any shelf holds, below what a total can. */
const maxQuantity = 1_000_000;
const maxItems = 1_000;

const placeOrderShape = z.strictObject({
  /** The caller's own id, if given; staff may order for somebody else. */
  customerId: idParam.optional(),
  items: z
    .array(
      z
        .strictObject({
          productId: idOr(z.string().min(1).max(64)).describe(
            "A product's id or its SKU.",
          ),
          quantity: z.int().min(1).max(maxQuantity),
          expectedPrice: moneyShape
            .strict()
            .optional()
            .describe(
              "What you expect one unit to cost, in minor units. Ours is charged; one that is higher, or in another currency, is refused.",
            ),
          price: z
            .number()
            .nonnegative()
            .max(1_000_000_000)
            .optional()
            .describe(
              "The same in major units of the product's currency, for instance 29.99: for clients of before; use expectedPrice.",
            ),
        })
        .refine(
          ({ price, expectedPrice }) =>
            price === undefined || expectedPrice === undefined,
          "say either price or expectedPrice",
        ),
    )
    .min(1)
    .max(maxItems),
  paymentToken: z.string().min(1).max(200).optional(),
  shippingAddress: addressBody.optional(),
});

export const placeOrderBody = withExample(placeOrderShape, {
  items: [{ productId: "MUG-STONE", quantity: 1 }],
  paymentToken: "tok_visa",
  shippingAddress: {
    name: "A. Shopper",
    line1: "1 Example Street",
    postalCode: "10115",
    city: "Berlin",
    country: "DE",
  },
});

export const orderAccepted = z.object({
  orderId: z.guid(),
  orderNumber: z.string(),
  status: z.enum(orderStatuses),
  totalAmount: moneyShape,
  message: z.string(),
});

export const orderParams = z.object({
  orderId: z
    .string()
    .transform(
      (typed) => idParam.safeParse(typed).data ?? readOrderNumber(typed),
    )
    .pipe(z.string("neither an order's id nor its number"))
    .describe("An order's id or its number."),
});

/** Nothing to say is said by no body, too. */
export const cancellationBody = z
  .strictObject({ reason: z.string().trim().min(1).max(200).optional() })
  .default({});

export const cancellationAccepted = z.object({
  orderId: z.guid(),
  status: z.enum(orderStatuses),
});

export const listQuery = z.strictObject({
  status: z
    .enum(orderStatuses)
    .optional()
    .describe(
      "Pages may then hold fewer than `limit`: go on as long as there is a nextCursor.",
    ),
  customerId: idParam.optional().describe("Somebody else's: for staff."),
  /** The last order of the page before. */
  cursor: idParam.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

const time = timeShape.nullable();

export const orderView = z.object({
  id: z.guid(),
  number: z.string(),
  customerId: z.guid(),
  status: z.enum(orderStatuses),
  items: z.array(orderItemShape),
  totalAmount: moneyShape,
  shippingAddress: addressShape,
  cancellationReason: z.string().nullable(),
  trackingNumber: z.string().nullable(),
  createdAt: timeShape,
  confirmedAt: time,
  cancelledAt: time,
  shippedAt: time,
  deliveredAt: time,
  completedAt: time,
});

export const orderPage = z.object({
  items: z.array(orderView),
  nextCursor: z.guid().optional(),
});

export const timelineView = z.object({
  items: z.array(
    z.object({
      sequence: z.int(),
      at: timeShape,
      saga: z.string(),
      step: z.string().nullable(),
      entry: z.string(),
      detail: z.string().nullable(),
    }),
  ),
});

export function viewOf({ total, ...order }: Order): z.input<typeof orderView> {
  return {
    ...order,
    items: [...order.items],
    totalAmount: total,
    createdAt: order.createdAt.toISOString(),
    confirmedAt: order.confirmedAt?.toISOString() ?? null,
    cancelledAt: order.cancelledAt?.toISOString() ?? null,
    shippedAt: order.shippedAt?.toISOString() ?? null,
    deliveredAt: order.deliveredAt?.toISOString() ?? null,
    completedAt: order.completedAt?.toISOString() ?? null,
  };
}
