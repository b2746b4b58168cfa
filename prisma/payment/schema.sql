CREATE TABLE attempts (
  id uuid NOT NULL,
  kind text NOT NULL,
  subject_id text NOT NULL,
  request json NOT NULL,
  cause json NOT NULL,
  calls integer DEFAULT 0 NOT NULL,
  due_at timestamp with time zone DEFAULT now() NOT NULL,
  last_failure text
);
CREATE TABLE command_answers (
  command_id uuid NOT NULL,
  event_id uuid NOT NULL,
  subject text NOT NULL,
  type text NOT NULL,
  topic text NOT NULL,
  key text NOT NULL,
  headers json NOT NULL,
  payload text NOT NULL,
  answered_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE command_inbox (
  consumer text NOT NULL,
  command_id uuid NOT NULL,
  attempt integer NOT NULL,
  received_at timestamp with time zone DEFAULT now() NOT NULL
) PARTITION BY HASH (command_id);
CREATE TABLE consumers (
  consumer text NOT NULL,
  began_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE idempotency_keys (
  scope text NOT NULL,
  key text NOT NULL,
  fingerprint text NOT NULL,
  status integer NOT NULL,
  headers json NOT NULL,
  body json,
  created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE inbox (
  consumer text NOT NULL,
  message_id uuid NOT NULL
) PARTITION BY RANGE (message_id);
CREATE TABLE leases (
  name text NOT NULL,
  holder uuid NOT NULL,
  token bigint NOT NULL,
  expires_at timestamp with time zone NOT NULL
);
CREATE TABLE ledger_transfers (
  payment_id uuid NOT NULL,
  kind text NOT NULL,
  debit_account text NOT NULL,
  credit_account text NOT NULL,
  amount bigint NOT NULL,
  currency character(3) NOT NULL,
  posted_at timestamp(3) with time zone NOT NULL
);
CREATE TABLE operator_actions (
  id uuid NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  operator text NOT NULL,
  action text NOT NULL,
  target text NOT NULL,
  reason text NOT NULL,
  before json NOT NULL,
  after json NOT NULL
);
CREATE TABLE outbox (
  "position" bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  id uuid NOT NULL,
  subject text NOT NULL,
  type text NOT NULL,
  topic text NOT NULL,
  key text NOT NULL,
  headers json NOT NULL,
  payload text NOT NULL,
  failure text,
  created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE parked_keys (
  consumer text NOT NULL,
  key text NOT NULL,
  reason text NOT NULL,
  parked_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE parked_messages (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  consumer text NOT NULL,
  key text NOT NULL,
  "position" text NOT NULL,
  topic text NOT NULL,
  headers json NOT NULL,
  payload text NOT NULL,
  reason text NOT NULL,
  detail text NOT NULL,
  parked_at timestamp with time zone DEFAULT now() NOT NULL,
  requeues integer DEFAULT 0 NOT NULL
);
CREATE TABLE payments (
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  customer_id uuid,
  amount bigint NOT NULL,
  currency character(3) NOT NULL,
  status text NOT NULL,
  authorization_key uuid,
  failure_code text,
  outcome text,
  captured_at timestamp(3) with time zone,
  event_sequence integer NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL
);
CREATE TABLE provider_events (
  provider text NOT NULL,
  event_id text NOT NULL,
  payment_id text NOT NULL,
  type text NOT NULL,
  received_at timestamp(3) with time zone DEFAULT now() NOT NULL
);
CREATE TABLE sequences (
  consumer text NOT NULL,
  subject text NOT NULL,
  last integer NOT NULL
);

ALTER TABLE attempts ADD CONSTRAINT attempts_pkey PRIMARY KEY (id);
ALTER TABLE command_answers ADD CONSTRAINT command_answers_pkey PRIMARY KEY (command_id);
ALTER TABLE command_inbox ADD CONSTRAINT command_inbox_pkey PRIMARY KEY (consumer, command_id, attempt);
ALTER TABLE consumers ADD CONSTRAINT consumers_pkey PRIMARY KEY (consumer);
ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (scope, key);
ALTER TABLE inbox ADD CONSTRAINT inbox_pkey PRIMARY KEY (consumer, message_id);
ALTER TABLE leases ADD CONSTRAINT leases_pkey PRIMARY KEY (name);
ALTER TABLE ledger_transfers ADD CONSTRAINT ledger_transfers_pkey PRIMARY KEY (payment_id, kind);
ALTER TABLE ledger_transfers ADD CONSTRAINT ledger_transfers_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payments(id) ON DELETE RESTRICT;
ALTER TABLE ledger_transfers ADD CONSTRAINT ledger_transfers_accounts_follow_kind CHECK ((((kind = 'capture'::text) AND (debit_account = 'provider'::text) AND (credit_account = 'sales'::text)) OR ((kind = 'refund'::text) AND (debit_account = 'sales'::text) AND (credit_account = 'provider'::text))));
ALTER TABLE ledger_transfers ADD CONSTRAINT ledger_transfers_amount_not_negative CHECK ((amount >= 0));
ALTER TABLE operator_actions ADD CONSTRAINT operator_actions_pkey PRIMARY KEY (id);
ALTER TABLE outbox ADD CONSTRAINT outbox_pkey PRIMARY KEY ("position");
ALTER TABLE parked_keys ADD CONSTRAINT parked_keys_pkey PRIMARY KEY (consumer, key);
ALTER TABLE parked_messages ADD CONSTRAINT parked_messages_pkey PRIMARY KEY (id);
ALTER TABLE payments ADD CONSTRAINT payments_pkey PRIMARY KEY (id);
ALTER TABLE payments ADD CONSTRAINT payments_amount_not_negative CHECK ((amount >= 0));
ALTER TABLE payments ADD CONSTRAINT payments_authorized_under_a_key CHECK (((authorization_key IS NOT NULL) OR (status = ANY (ARRAY['failed'::text, 'cancelled'::text]))));
ALTER TABLE payments ADD CONSTRAINT payments_cancelled_with_an_outcome CHECK (((outcome IS NOT NULL) = (status = 'cancelled'::text)));
ALTER TABLE payments ADD CONSTRAINT payments_captured_at_a_time CHECK (((captured_at IS NOT NULL) OR (status <> ALL (ARRAY['captured'::text, 'refunding'::text, 'refunded'::text]))));
ALTER TABLE payments ADD CONSTRAINT payments_currency_is_iso_4217 CHECK ((currency ~ '^[A-Z]{3}$'::text));
ALTER TABLE payments ADD CONSTRAINT payments_failed_for_a_reason CHECK (((failure_code IS NOT NULL) OR (status <> ALL (ARRAY['failed'::text, 'capture-failed'::text]))));
ALTER TABLE payments ADD CONSTRAINT payments_outcome_known CHECK ((outcome = ANY (ARRAY['none'::text, 'voided'::text, 'refunded'::text])));
ALTER TABLE payments ADD CONSTRAINT payments_refunded_what_was_captured CHECK (((captured_at IS NOT NULL) OR (outcome IS DISTINCT FROM 'refunded'::text)));
ALTER TABLE payments ADD CONSTRAINT payments_status_known CHECK ((status = ANY (ARRAY['initiated'::text, 'action-required'::text, 'authorized'::text, 'capturing'::text, 'captured'::text, 'capture-failed'::text, 'refunding'::text, 'refunded'::text, 'failed'::text, 'cancelling'::text, 'cancelled'::text])));
ALTER TABLE provider_events ADD CONSTRAINT provider_events_pkey PRIMARY KEY (provider, event_id);
ALTER TABLE sequences ADD CONSTRAINT sequences_pkey PRIMARY KEY (consumer, subject);

CREATE INDEX attempts_due_idx ON payment.attempts USING btree (due_at);
CREATE INDEX attempts_subject_idx ON payment.attempts USING btree (subject_id);
CREATE INDEX idempotency_keys_created_idx ON payment.idempotency_keys USING btree (created_at);
CREATE INDEX operator_actions_target_idx ON payment.operator_actions USING btree (target, id);
CREATE INDEX outbox_failed_idx ON payment.outbox USING btree (subject) WHERE (failure IS NOT NULL);
CREATE INDEX parked_messages_key_idx ON payment.parked_messages USING btree (consumer, key, id);
CREATE INDEX payments_customer_idx ON payment.payments USING btree (customer_id, order_id);
CREATE UNIQUE INDEX parked_messages_once_idx ON payment.parked_messages USING btree (consumer, md5((COALESCE((((headers ->> 'ce_id'::text) || '#'::text) || COALESCE((headers ->> 'ce_attempt'::text), ''::text)), "position") || payload)));
CREATE UNIQUE INDEX payments_order_id_key ON payment.payments USING btree (order_id);

CREATE OR REPLACE FUNCTION payment.first_id_of(day date)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE
AS $function$
    SELECT (left(hex, 8) || '-' || right(hex, 4) || '-0000-0000-000000000000')::uuid
    FROM lpad(to_hex((extract(epoch FROM day) * 1000)::bigint), 12, '0') AS hex
$function$
;
CREATE OR REPLACE FUNCTION payment.keep_inbox_partitions(days_back integer, days_ahead integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'payment'
AS $function$
DECLARE
    day DATE;
    old REGCLASS;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext(current_schema() || '.inbox'));
    FOR day IN SELECT current_date + n FROM generate_series(-days_back, days_ahead) AS n LOOP
        IF to_regclass(format('inbox_%s', to_char(day, 'YYYYMMDD'))) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF inbox FOR VALUES FROM (%L) TO (%L)',
                'inbox_' || to_char(day, 'YYYYMMDD'), first_id_of(day), first_id_of(day + 1));
        END IF;
    END LOOP;
    FOR old IN
        SELECT inhrelid FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'inbox'::regclass
          AND relname < 'inbox_' || to_char(current_date - days_back, 'YYYYMMDD')
    LOOP
        EXECUTE format('DROP TABLE %s', old);
    END LOOP;
END $function$
;
