-- What the simulated provider holds: one authorization per key, for ever.
CREATE TABLE "authorizations" (
    "key" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "token" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "decline_code" TEXT,
    "capture_decline_code" TEXT,
    "settles_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    CONSTRAINT "authorizations_pkey" PRIMARY KEY ("key"),
    CONSTRAINT "authorizations_amount_not_negative" CHECK ("amount" >= 0),
    CONSTRAINT "authorizations_status_known" CHECK ("status" IN
        ('pending', 'authorized', 'declined', 'captured', 'voided', 'refunded')),
    CONSTRAINT "authorizations_declined_for_a_reason" CHECK (("status" = 'declined') = ("decline_code" IS NOT NULL)),
    CONSTRAINT "authorizations_settle_while_pending" CHECK ("settles_at" IS NULL OR "status" = 'pending')
) WITH (fillfactor = 80);
CREATE INDEX "authorizations_settling_idx" ON "authorizations" ("settles_at") WHERE "settles_at" IS NOT NULL;

-- Money that moved. The witness: a second capture or refund of one authorization cannot be entered.
CREATE TABLE "ledger_entries" (
    "position" BIGINT GENERATED ALWAYS AS IDENTITY,
    "key" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "posted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    CONSTRAINT "ledger_entries_pkey" PRIMARY KEY ("position"),
    CONSTRAINT "ledger_entries_once" UNIQUE ("key", "kind"),
    CONSTRAINT "ledger_entries_kind_known" CHECK ("kind" IN ('capture', 'refund')),
    CONSTRAINT "ledger_entries_amount_not_negative" CHECK ("amount" >= 0)
);

-- News for the merchant, until it has been taken in. A claim moves due_at ahead, so a row whose
-- sender died comes due again by itself.
CREATE TABLE "webhooks" (
    "id" UUID NOT NULL,
    "payload" TEXT NOT NULL,
    "calls" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "last_failure" TEXT,
    CONSTRAINT "webhooks_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "webhooks_due_idx" ON "webhooks" ("due_at");
