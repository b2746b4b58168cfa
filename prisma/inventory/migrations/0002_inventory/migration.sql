CREATE TABLE "warehouses" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    CONSTRAINT "warehouses_pkey" PRIMARY KEY ("id")
);
INSERT INTO "warehouses" ("id", "name") VALUES ('main', 'Main warehouse');

-- One row per sku. Every unit that ever came in is available, reserved or sold, and the row says so.
CREATE TABLE "stock" (
    "sku" TEXT NOT NULL,
    "warehouse" TEXT NOT NULL DEFAULT 'main',
    "initial" INTEGER NOT NULL DEFAULT 0,
    -- The sum of all adjustments.
    "restocked" INTEGER NOT NULL DEFAULT 0,
    "available" INTEGER NOT NULL DEFAULT 0,
    "reserved" INTEGER NOT NULL DEFAULT 0,
    "sold" INTEGER NOT NULL DEFAULT 0,
    -- An alert is due when fewer are available.
    "low_stock_threshold" INTEGER NOT NULL DEFAULT 5,
    "event_sequence" INTEGER NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    CONSTRAINT "stock_pkey" PRIMARY KEY ("sku"),
    CONSTRAINT "stock_warehouse_fkey" FOREIGN KEY ("warehouse") REFERENCES "warehouses" ("id"),
    CONSTRAINT "stock_never_negative" CHECK (
        "initial" >= 0 AND "available" >= 0 AND "reserved" >= 0 AND "sold" >= 0
        AND "low_stock_threshold" >= 0
    ),
    CONSTRAINT "stock_adds_up" CHECK ("available" + "reserved" + "sold" = "initial" + "restocked")
) WITH (fillfactor = 70);

-- What each order holds. A refused or released order keeps its row, so that nothing is given to it later.
CREATE TABLE "reservations" (
    "order_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    -- [{"sku": …, "quantity": …}], each sku once.
    "lines" JSONB NOT NULL,
    "event_sequence" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    CONSTRAINT "reservations_pkey" PRIMARY KEY ("order_id"),
    CONSTRAINT "reservations_status" CHECK ("status" IN ('reserved', 'sold', 'rejected', 'released'))
) WITH (fillfactor = 80);
