-- One shipment per order. A cancellation that comes before its shipment leaves a row without a parcel.
CREATE TABLE "shipments" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "customer_id" UUID,
    -- [{"sku": …, "quantity": …}]
    "lines" JSONB,
    "address" JSONB,
    "carrier" TEXT,
    "tracking_number" TEXT,
    -- Why it was refused.
    "code" TEXT,
    -- [{"status": …, "at": …}], oldest first.
    "history" JSONB NOT NULL,
    "event_sequence" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    CONSTRAINT "shipments_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "shipments_order_id_key" UNIQUE ("order_id"),
    CONSTRAINT "shipments_status" CHECK ("status" IN (
        'requested', 'held', 'dispatchable', 'dispatched', 'delivered', 'rejected', 'withdrawn', 'cancelled'
    )),
    CONSTRAINT "shipments_parcel_whole" CHECK (
        ("customer_id" IS NULL) = ("lines" IS NULL) AND ("lines" IS NULL) = ("address" IS NULL)
    ),
    CONSTRAINT "shipments_booking_whole" CHECK (("carrier" IS NULL) = ("tracking_number" IS NULL)),
    CONSTRAINT "shipments_booked_before_leaving" CHECK (
        "status" NOT IN ('held', 'dispatchable', 'dispatched', 'delivered') OR "tracking_number" IS NOT NULL
    )
) WITH (fillfactor = 70);
CREATE INDEX "shipments_newest_idx" ON "shipments" ("created_at" DESC, "id" DESC);
CREATE INDEX "shipments_customer_idx" ON "shipments" ("customer_id", "created_at" DESC, "id" DESC);
