import { derivedId } from "@cartwright/kernel/ids";
import type { Reservation, Warehouse } from "../db/generated/client.ts";
import type { StockItem } from "../domain/stock.ts";

export const viewOfItem = (item: StockItem) => ({
  sku: item.sku,
  warehouse: item.warehouse,
  available: item.available,
  reserved: item.reserved,
  sold: item.sold,
  lowStockThreshold: item.lowStockThreshold,
});

export const viewOfReservation = (reservation: Reservation) => ({
  reservationId: derivedId("reservation", reservation.orderId),
  orderId: reservation.orderId,
  status: reservation.status,
  lines: reservation.lines,
  createdAt: reservation.createdAt.toISOString(),
  updatedAt: reservation.updatedAt.toISOString(),
});

export const viewOfWarehouse = ({ id, name }: Warehouse) => ({
  warehouseId: id,
  name,
});
