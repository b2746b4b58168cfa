import type { Database } from "@cartwright/database/open-database";
import { prismaAdapter } from "@cartwright/database/prisma";
import {
  PrismaClient,
  type LedgerTransfer,
  type Payment,
} from "./generated/client.ts";

export type StoredPayment = Payment & {
  readonly transfers: readonly LedgerTransfer[];
};

/** Whose payments are seen: one customer's, or everybody's. */
export type Visible = { readonly customerId?: string };

type Page = Visible & {
  readonly orderId?: string | undefined;
  readonly status?: string | undefined;
  /** The order of the last payment before this page. */
  readonly before?: string | undefined;
  readonly limit: number;
};

export type PaymentReader = {
  payment(id: string, visible: Visible): Promise<StoredPayment | undefined>;
  /** Those of the newest orders first. */
  payments(page: Page): Promise<StoredPayment[]>;
};

const include = { transfers: { orderBy: { postedAt: "asc" } } } as const;

export function paymentReader(db: Database): PaymentReader {
  let client: PrismaClient | undefined;
  const prisma = () =>
    (client ??= new PrismaClient({ adapter: prismaAdapter(db) }));
  return {
    payment: async (id, visible) =>
      (await prisma().payment.findFirst({
        where: { id, ...visible },
        include,
      })) ?? undefined,
    payments: ({ orderId, status, before, limit, ...visible }) =>
      prisma().payment.findMany({
        where: {
          ...visible,
          ...(status !== undefined && { status }),
          orderId: {
            ...(orderId !== undefined && { equals: orderId }),
            ...(before !== undefined && { lt: before }),
          },
        },
        orderBy: { orderId: "desc" },
        take: limit,
        include,
      }),
  };
}
