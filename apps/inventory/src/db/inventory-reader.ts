import type { Database } from "@cartwright/database/open-database";
import { prismaAdapter } from "@cartwright/database/prisma";
import {
  PrismaClient,
  type Reservation,
  type Warehouse,
} from "./generated/client.ts";
import type { StockItem } from "../domain/stock.ts";

export type InventoryReader = {
  /** In the order of their skus, from the one behind `after`. */
  items(page: {
    readonly after: string | undefined;
    readonly limit: number;
  }): Promise<StockItem[]>;
  available(sku: string): Promise<number | undefined>;
  reservation(orderId: string): Promise<Reservation | undefined>;
  warehouses(): Promise<Warehouse[]>;
};

export function inventoryReader(db: Database): InventoryReader {
  let client: PrismaClient | undefined;
  const prisma = () =>
    (client ??= new PrismaClient({ adapter: prismaAdapter(db) }));
  return {
    async items({ after, limit }) {
      const rows = await prisma().stockItem.findMany({
        ...(after !== undefined && { where: { sku: { gt: after } } }),
        orderBy: { sku: "asc" },
        take: limit,
      });
      return rows.map(({ warehouseId, eventSequence, ...row }) => ({
        ...row,
        warehouse: warehouseId,
        sequence: eventSequence,
      }));
    },
    async available(sku) {
      const item = await prisma().stockItem.findUnique({
        where: { sku },
        select: { available: true },
      });
      return item?.available;
    },
    reservation: async (orderId) =>
      (await prisma().reservation.findUnique({ where: { orderId } })) ??
      undefined,
    warehouses: () => prisma().warehouse.findMany({ orderBy: { id: "asc" } }),
  };
}
