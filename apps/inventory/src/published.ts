import * as contracts from "@cartwright/contracts/inventory";
import type { Draft } from "@cartwright/contracts/message";
import { derivedId } from "@cartwright/kernel/ids";
import type { ReservationEvent } from "./domain/reservation.ts";
import type { LowStock, StockLevelChanged } from "./domain/stock.ts";

export type InventoryEvent = ReservationEvent | LowStock | StockLevelChanged;

/** The published form of what was decided here. */
export function publishedForm(event: InventoryEvent, at: string): Draft {
  switch (event.kind) {
    case "reserved":
      return contracts.inventoryReserved({
        orderId: event.orderId,
        reservationId: derivedId("reservation", event.orderId),
        lines: [...event.lines],
        reservedAt: at,
      });
    case "rejected":
      return contracts.inventoryReservationRejected({
        orderId: event.orderId,
        code: event.code,
        shortages: [...event.shortages],
        rejectedAt: at,
      });
    case "released":
      return contracts.inventoryReleased({
        orderId: event.orderId,
        lines: [...event.lines],
        releasedAt: at,
      });
    case "stock-level-changed":
      return contracts.stockLevelChanged({ ...event, at });
    case "low-stock":
      return contracts.lowStockAlert({ ...event, at });
  }
}
