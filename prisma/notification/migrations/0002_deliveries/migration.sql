-- What a mail says. {{placeholders}} are filled from the delivery's values.
CREATE TABLE "templates" (
    "name" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "templates_pkey" PRIMARY KEY ("name")
);

INSERT INTO "templates" ("name", "subject", "body") VALUES
    ('order-confirmed', 'Your order {{orderNumber}} is confirmed',
     '<p>Hello {{customerName}},</p><p>thank you for your order <b>{{orderNumber}}</b>. It is paid and will leave our warehouse soon.</p>'),
    ('order-cancelled', 'Your order {{orderNumber}} is cancelled',
     '<p>Hello {{customerName}},</p><p>your order <b>{{orderNumber}}</b> over {{total}} is cancelled ({{reason}}). Nothing is charged; what was paid is on its way back to you.</p>');

-- One fact, one notification: an order is told of once per template.
CREATE TABLE "deliveries" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "template" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    -- The rendered subject: what the customer's inbox in the app shows.
    "title" TEXT,
    -- Why it failed.
    "code" TEXT,
    "event_sequence" INTEGER NOT NULL DEFAULT 0,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),
    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "deliveries_status" CHECK ("status" IN ('requested', 'sent', 'failed')),
    CONSTRAINT "deliveries_settled" CHECK (("status" = 'requested') = ("settled_at" IS NULL)),
    CONSTRAINT "deliveries_failed_with_code" CHECK (("status" = 'failed') = ("code" IS NOT NULL))
);
CREATE UNIQUE INDEX "deliveries_order_id_template_key" ON "deliveries" ("order_id", "template");
CREATE INDEX "deliveries_customer_idx" ON "deliveries" ("customer_id", "requested_at" DESC, "id" DESC);

-- The local outbox: mails as they would have been handed to a mail server, one per delivery.
CREATE TABLE "mails" (
    "delivery_id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "recipient" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "mails_pkey" PRIMARY KEY ("delivery_id")
);
CREATE INDEX "mails_sent_idx" ON "mails" ("sent_at" DESC, "delivery_id" DESC);
CREATE INDEX "mails_order_idx" ON "mails" ("order_id");
CREATE INDEX "mails_recipient_idx" ON "mails" ("recipient");
