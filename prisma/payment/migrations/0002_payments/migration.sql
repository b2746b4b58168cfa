-- One payment per order; its id is derived from the order's.
CREATE TABLE "payments" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "customer_id" UUID,
    "amount" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "status" TEXT NOT NULL,
    "authorization_key" UUID,
    "failure_code" TEXT,
    "outcome" TEXT,
    "captured_at" TIMESTAMPTZ(3),
    "event_sequence" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "payments_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "payments_amount_not_negative" CHECK ("amount" >= 0),
    CONSTRAINT "payments_currency_is_iso_4217" CHECK ("currency" ~ '^[A-Z]{3}$'),
    CONSTRAINT "payments_status_known" CHECK ("status" IN ('initiated', 'action-required', 'authorized',
        'capturing', 'captured', 'capture-failed', 'refunding', 'refunded', 'failed', 'cancelling', 'cancelled')),
    CONSTRAINT "payments_authorized_under_a_key" CHECK (
        "authorization_key" IS NOT NULL OR "status" IN ('failed', 'cancelled')),
    CONSTRAINT "payments_failed_for_a_reason" CHECK (
        "failure_code" IS NOT NULL OR "status" NOT IN ('failed', 'capture-failed')),
    CONSTRAINT "payments_cancelled_with_an_outcome" CHECK (("outcome" IS NOT NULL) = ("status" = 'cancelled')),
    CONSTRAINT "payments_outcome_known" CHECK ("outcome" IN ('none', 'voided', 'refunded')),
    CONSTRAINT "payments_captured_at_a_time" CHECK (
        "captured_at" IS NOT NULL OR "status" NOT IN ('captured', 'refunding', 'refunded')),
    CONSTRAINT "payments_refunded_what_was_captured" CHECK ("captured_at" IS NOT NULL OR "outcome" IS DISTINCT FROM 'refunded')
) WITH (fillfactor = 80);
-- Order ids are UUIDv7, so the newest payments come first without a further column.
CREATE UNIQUE INDEX "payments_order_id_key" ON "payments" ("order_id");
CREATE INDEX "payments_customer_idx" ON "payments" ("customer_id", "order_id");

-- Double entry: each row debits one account and credits the other with the same amount, so the
-- accounts sum to zero by construction. A payment is captured once and refunded once at most.
CREATE TABLE "ledger_transfers" (
    "payment_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "debit_account" TEXT NOT NULL,
    "credit_account" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "posted_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "ledger_transfers_pkey" PRIMARY KEY ("payment_id", "kind"),
    CONSTRAINT "ledger_transfers_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payments" ("id") ON DELETE RESTRICT ON UPDATE NO ACTION,
    CONSTRAINT "ledger_transfers_amount_not_negative" CHECK ("amount" >= 0),
    CONSTRAINT "ledger_transfers_accounts_follow_kind" CHECK (
        ("kind" = 'capture' AND "debit_account" = 'provider' AND "credit_account" = 'sales') OR
        ("kind" = 'refund' AND "debit_account" = 'sales' AND "credit_account" = 'provider'))
);

-- The same by account: positive what it received, negative what it gave.
CREATE VIEW "ledger_entries" AS
    SELECT "payment_id", "kind", "debit_account" AS "account", "amount", "currency", "posted_at"
    FROM "ledger_transfers"
    UNION ALL
    SELECT "payment_id", "kind", "credit_account", -"amount", "currency", "posted_at"
    FROM "ledger_transfers";

-- News from the provider already taken in.
CREATE TABLE "provider_events" (
    "provider" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "payment_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    CONSTRAINT "provider_events_pkey" PRIMARY KEY ("provider", "event_id")
);
