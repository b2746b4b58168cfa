import { defineService } from "@cartwright/service/service";
import { inventoryConfig } from "./config.ts";
import { onOrderMoved } from "./consumers/on-order-moved.ts";
import { onProductCreated } from "./consumers/on-product-created.ts";
import { inventoryReader } from "./db/inventory-reader.ts";
import { inventoryRoutes } from "./http/routes.ts";

/** Knows how many of everything there are, and whom they are held for. */
export const inventoryService = defineService({
  name: "inventory",
  config: inventoryConfig,
  create: ({ db, outbox, clock }) => ({
    routes: inventoryRoutes({ db, outbox, clock, reader: inventoryReader(db) }),
    refusals: { "insufficient-stock": 409 },
    handlers: [onOrderMoved({ outbox, clock }), onProductCreated()],
  }),
});
