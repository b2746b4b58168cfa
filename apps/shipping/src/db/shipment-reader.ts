import type { Database } from "@cartwright/database/open-database";
import { prismaAdapter } from "@cartwright/database/prisma";
import type { Shipment } from "../domain/shipment.ts";
import { PrismaClient, type Shipment as Read } from "./generated/client.ts";
import { shipmentOf, type ShipmentRow } from "./shipment-mapper.ts";

/** `customerId` narrows to what one customer may see; staff leave it out. */
export type ShipmentReader = {
  one(
    id: string,
    customerId: string | undefined,
  ): Promise<Shipment | undefined>;
  /** Newest first, from the one behind `after`. */
  page(
    where: {
      readonly orderId: string | undefined;
      readonly customerId: string | undefined;
    },
    page: { readonly after: string | undefined; readonly limit: number },
  ): Promise<Shipment[]>;
};

export function shipmentReader(db: Database): ShipmentReader {
  let client: PrismaClient | undefined;
  const prisma = () =>
    (client ??= new PrismaClient({ adapter: prismaAdapter(db) }));
  return {
    async one(id, customerId) {
      const row = await prisma().shipment.findFirst({
        where: { id, ...(customerId !== undefined && { customerId }) },
      });
      return row ? readFrom(row) : undefined;
    },
    async page({ orderId, customerId }, { after, limit }) {
      const rows = await prisma().shipment.findMany({
        where: {
          ...(orderId !== undefined && { orderId }),
          ...(customerId !== undefined && { customerId }),
        },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        ...(after !== undefined && { cursor: { id: after }, skip: 1 }),
        take: limit,
      });
      return rows.map(readFrom);
    },
  };
}

/** JSON columns hold what the store has put there. */
const readFrom = ({ eventSequence, ...row }: Read): Shipment =>
  shipmentOf({ ...row, sequence: eventSequence } as unknown as ShipmentRow);
