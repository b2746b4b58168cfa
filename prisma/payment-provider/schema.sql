CREATE TABLE authorizations (
  key text NOT NULL,
  reference text NOT NULL,
  amount bigint NOT NULL,
  currency character(3) NOT NULL,
  token text NOT NULL,
  status text NOT NULL,
  decline_code text,
  capture_decline_code text,
  settles_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  updated_at timestamp(3) with time zone DEFAULT now() NOT NULL
);
CREATE TABLE ledger_entries (
  "position" bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  key text NOT NULL,
  reference text NOT NULL,
  kind text NOT NULL,
  amount bigint NOT NULL,
  currency character(3) NOT NULL,
  posted_at timestamp(3) with time zone DEFAULT now() NOT NULL
);
CREATE TABLE webhooks (
  id uuid NOT NULL,
  payload text NOT NULL,
  calls integer DEFAULT 0 NOT NULL,
  due_at timestamp with time zone DEFAULT now() NOT NULL,
  last_failure text
);

ALTER TABLE authorizations ADD CONSTRAINT authorizations_pkey PRIMARY KEY (key);
ALTER TABLE authorizations ADD CONSTRAINT authorizations_amount_not_negative CHECK ((amount >= 0));
ALTER TABLE authorizations ADD CONSTRAINT authorizations_declined_for_a_reason CHECK (((status = 'declined'::text) = (decline_code IS NOT NULL)));
ALTER TABLE authorizations ADD CONSTRAINT authorizations_settle_while_pending CHECK (((settles_at IS NULL) OR (status = 'pending'::text)));
ALTER TABLE authorizations ADD CONSTRAINT authorizations_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'authorized'::text, 'declined'::text, 'captured'::text, 'voided'::text, 'refunded'::text])));
ALTER TABLE ledger_entries ADD CONSTRAINT ledger_entries_once UNIQUE (key, kind);
ALTER TABLE ledger_entries ADD CONSTRAINT ledger_entries_pkey PRIMARY KEY ("position");
ALTER TABLE ledger_entries ADD CONSTRAINT ledger_entries_amount_not_negative CHECK ((amount >= 0));
ALTER TABLE ledger_entries ADD CONSTRAINT ledger_entries_kind_known CHECK ((kind = ANY (ARRAY['capture'::text, 'refund'::text])));
ALTER TABLE webhooks ADD CONSTRAINT webhooks_pkey PRIMARY KEY (id);

CREATE INDEX authorizations_settling_idx ON payment_provider.authorizations USING btree (settles_at) WHERE (settles_at IS NOT NULL);
CREATE INDEX webhooks_due_idx ON payment_provider.webhooks USING btree (due_at);
