import type { Platform } from "@cartwright/service/service";
import { stockStore } from "./db/stock-store.ts";

/** What lies in the demo shop, by sku; of the lamps only a few, so that orders can run out of them. */
export const demoStock: Readonly<Record<string, number>> = {
  "MUG-STONE": 100_000,
  "KETTLE-GOOSENECK": 100_000,
  "BOARD-OAK": 100_000,
  "KNIFE-CHEF": 100_000,
  "LAMP-BRASS": 3,
  "NOTEBOOK-A5": 100_000,
  "PEN-BRASS": 100_000,
  "TRAY-WALNUT": 100_000,
  "FLASK-STEEL": 100_000,
  "BLANKET-WOOL": 100_000,
  "LANTERN-CAMP": 100_000,
  "HAMMOCK-DUO": 100_000,
};

/** Fills the shelves that never held anything; done again it changes nothing. */
export const seedDemoShop = ({ db }: Pick<Platform, "db">): Promise<void> =>
  stockStore.fillEmpty(db, demoStock);
