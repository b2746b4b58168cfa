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
CREATE TABLE deliveries (
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  template text NOT NULL,
  channel text NOT NULL,
  status text NOT NULL,
  title text,
  code text,
  event_sequence integer DEFAULT 0 NOT NULL,
  requested_at timestamp(3) with time zone NOT NULL,
  settled_at timestamp(3) with time zone
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
CREATE TABLE mails (
  delivery_id uuid NOT NULL,
  order_id uuid NOT NULL,
  recipient text NOT NULL,
  subject text NOT NULL,
  body text NOT NULL,
  sent_at timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
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
CREATE TABLE sequences (
  consumer text NOT NULL,
  subject text NOT NULL,
  last integer NOT NULL
);
CREATE TABLE templates (
  name text NOT NULL,
  subject text NOT NULL,
  body text NOT NULL,
  updated_at timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

ALTER TABLE attempts ADD CONSTRAINT attempts_pkey PRIMARY KEY (id);
ALTER TABLE command_answers ADD CONSTRAINT command_answers_pkey PRIMARY KEY (command_id);
ALTER TABLE command_inbox ADD CONSTRAINT command_inbox_pkey PRIMARY KEY (consumer, command_id, attempt);
ALTER TABLE consumers ADD CONSTRAINT consumers_pkey PRIMARY KEY (consumer);
ALTER TABLE deliveries ADD CONSTRAINT deliveries_pkey PRIMARY KEY (id);
ALTER TABLE deliveries ADD CONSTRAINT deliveries_failed_with_code CHECK (((status = 'failed'::text) = (code IS NOT NULL)));
ALTER TABLE deliveries ADD CONSTRAINT deliveries_settled CHECK (((status = 'requested'::text) = (settled_at IS NULL)));
ALTER TABLE deliveries ADD CONSTRAINT deliveries_status CHECK ((status = ANY (ARRAY['requested'::text, 'sent'::text, 'failed'::text])));
ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (scope, key);
ALTER TABLE inbox ADD CONSTRAINT inbox_pkey PRIMARY KEY (consumer, message_id);
ALTER TABLE leases ADD CONSTRAINT leases_pkey PRIMARY KEY (name);
ALTER TABLE mails ADD CONSTRAINT mails_pkey PRIMARY KEY (delivery_id);
ALTER TABLE operator_actions ADD CONSTRAINT operator_actions_pkey PRIMARY KEY (id);
ALTER TABLE outbox ADD CONSTRAINT outbox_pkey PRIMARY KEY ("position");
ALTER TABLE parked_keys ADD CONSTRAINT parked_keys_pkey PRIMARY KEY (consumer, key);
ALTER TABLE parked_messages ADD CONSTRAINT parked_messages_pkey PRIMARY KEY (id);
ALTER TABLE sequences ADD CONSTRAINT sequences_pkey PRIMARY KEY (consumer, subject);
ALTER TABLE templates ADD CONSTRAINT templates_pkey PRIMARY KEY (name);

CREATE INDEX attempts_due_idx ON notification.attempts USING btree (due_at);
CREATE INDEX attempts_subject_idx ON notification.attempts USING btree (subject_id);
CREATE INDEX deliveries_customer_idx ON notification.deliveries USING btree (customer_id, requested_at DESC, id DESC);
CREATE INDEX idempotency_keys_created_idx ON notification.idempotency_keys USING btree (created_at);
CREATE INDEX mails_order_idx ON notification.mails USING btree (order_id);
CREATE INDEX mails_recipient_idx ON notification.mails USING btree (recipient);
CREATE INDEX mails_sent_idx ON notification.mails USING btree (sent_at DESC, delivery_id DESC);
CREATE INDEX operator_actions_target_idx ON notification.operator_actions USING btree (target, id);
CREATE INDEX outbox_failed_idx ON notification.outbox USING btree (subject) WHERE (failure IS NOT NULL);
CREATE INDEX parked_messages_key_idx ON notification.parked_messages USING btree (consumer, key, id);
CREATE UNIQUE INDEX deliveries_order_id_template_key ON notification.deliveries USING btree (order_id, template);
CREATE UNIQUE INDEX parked_messages_once_idx ON notification.parked_messages USING btree (consumer, md5((COALESCE((((headers ->> 'ce_id'::text) || '#'::text) || COALESCE((headers ->> 'ce_attempt'::text), ''::text)), "position") || payload)));

CREATE OR REPLACE FUNCTION notification.first_id_of(day date)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE
AS $function$
    SELECT (left(hex, 8) || '-' || right(hex, 4) || '-0000-0000-000000000000')::uuid
    FROM lpad(to_hex((extract(epoch FROM day) * 1000)::bigint), 12, '0') AS hex
$function$
;
CREATE OR REPLACE FUNCTION notification.keep_inbox_partitions(days_back integer, days_ahead integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'notification'
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
