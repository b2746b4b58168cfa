-- An order, whole: its lines never change once placed.
CREATE TABLE "orders" (
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "customer_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "items" JSON NOT NULL,
    "total_amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "shipping_address" JSON NOT NULL,
    "cancellation_reason" TEXT,
    "tracking_number" TEXT,
    "event_sequence" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "confirmed_at" TIMESTAMPTZ,
    "cancelled_at" TIMESTAMPTZ,
    "shipped_at" TIMESTAMPTZ,
    "delivered_at" TIMESTAMPTZ,
    "completed_at" TIMESTAMPTZ,
    CONSTRAINT "orders_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "orders_status_check" CHECK ("status" IN
        ('pending', 'confirmed', 'cancelling', 'cancelled', 'shipped', 'delivered', 'completed')),
    CONSTRAINT "orders_total_check" CHECK ("total_amount" >= 0),
    CONSTRAINT "orders_cancelled_check" CHECK (("status" = 'cancelled') = ("cancelled_at" IS NOT NULL))
);
CREATE INDEX "orders_customer_idx" ON "orders" ("customer_id", "id" DESC);

-- What the catalog last said of each product; a column is null as long as it has not been spoken of.
CREATE TABLE "product_snapshots" (
    "product_id" UUID NOT NULL,
    "sku" TEXT NOT NULL,
    "name" TEXT,
    "price" BIGINT,
    "currency" TEXT,
    "deleted" BOOLEAN NOT NULL,
    "sequence" INTEGER NOT NULL,
    CONSTRAINT "product_snapshots_pkey" PRIMARY KEY ("product_id")
);
CREATE INDEX "product_snapshots_sku_idx" ON "product_snapshots" ("sku");

-- Runs of sagas. A run keeps its version; its step is known by name.
CREATE TABLE "saga_instances" (
    "id" UUID NOT NULL,
    "saga" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "step" TEXT,
    "command_id" UUID,
    "attempt" INTEGER NOT NULL,
    "sequence" INTEGER NOT NULL,
    "logged" INTEGER NOT NULL,
    "unwanted" BOOLEAN NOT NULL,
    "reason" TEXT,
    "deadline" TIMESTAMPTZ,
    "step_since" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT "saga_instances_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "saga_instances_status_check" CHECK ("status" IN
        ('running', 'compensating', 'completed', 'compensated', 'stuck')),
    CONSTRAINT "saga_instances_step_check" CHECK (("step" IS NULL) = ("status" IN ('completed', 'compensated')))
) WITH (fillfactor = 70);
CREATE INDEX "saga_instances_key_idx" ON "saga_instances" ("key");
CREATE INDEX "saga_instances_deadline_idx" ON "saga_instances" ("deadline") WHERE "deadline" IS NOT NULL;

-- What a run remembers, and the request that it answers to; apart, since its row is written at every step.
CREATE TABLE "saga_memories" (
    "id" UUID NOT NULL,
    "memory" JSON NOT NULL,
    "cause" JSON NOT NULL,
    CONSTRAINT "saga_memories_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "saga_log" (
    "saga_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "step" TEXT,
    "entry" TEXT NOT NULL,
    "detail" TEXT,
    "at" TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "saga_log_pkey" PRIMARY KEY ("saga_id", "sequence")
);
