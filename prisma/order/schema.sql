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
CREATE TABLE orders (
  id uuid NOT NULL,
  number text NOT NULL,
  customer_id uuid NOT NULL,
  status text NOT NULL,
  items json NOT NULL,
  total_amount bigint NOT NULL,
  currency text NOT NULL,
  shipping_address json NOT NULL,
  cancellation_reason text,
  tracking_number text,
  event_sequence integer NOT NULL,
  created_at timestamp with time zone NOT NULL,
  confirmed_at timestamp with time zone,
  cancelled_at timestamp with time zone,
  shipped_at timestamp with time zone,
  delivered_at timestamp with time zone,
  completed_at timestamp with time zone
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
CREATE TABLE product_snapshots (
  product_id uuid NOT NULL,
  sku text NOT NULL,
  name text,
  price bigint,
  currency text,
  deleted boolean NOT NULL,
  sequence integer NOT NULL
);
CREATE TABLE saga_definitions (
  saga text NOT NULL,
  version integer NOT NULL,
  steps json NOT NULL,
  first_seen timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE saga_instances (
  id uuid NOT NULL,
  saga text NOT NULL,
  version integer NOT NULL,
  key text NOT NULL,
  status text NOT NULL,
  direction text NOT NULL,
  step text,
  command_id uuid,
  attempt integer NOT NULL,
  sequence integer NOT NULL,
  logged integer NOT NULL,
  unwanted boolean NOT NULL,
  reason text,
  deadline timestamp with time zone,
  step_since timestamp with time zone DEFAULT now() NOT NULL,
  started_at timestamp with time zone DEFAULT now() NOT NULL,
  wake_at timestamp(6) with time zone DEFAULT now()
);
CREATE TABLE saga_log (
  saga_id uuid NOT NULL,
  sequence integer NOT NULL,
  step text,
  entry text NOT NULL,
  detail text,
  at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
CREATE TABLE saga_memories (
  id uuid NOT NULL,
  memory json NOT NULL,
  cause json NOT NULL
);
CREATE TABLE saga_waiting_inputs (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  saga_id uuid NOT NULL,
  input json NOT NULL,
  waits_since timestamp with time zone DEFAULT now() NOT NULL
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
ALTER TABLE operator_actions ADD CONSTRAINT operator_actions_pkey PRIMARY KEY (id);
ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
ALTER TABLE orders ADD CONSTRAINT orders_cancelled_check CHECK (((status = 'cancelled'::text) = (cancelled_at IS NOT NULL)));
ALTER TABLE orders ADD CONSTRAINT orders_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'confirmed'::text, 'cancelling'::text, 'cancelled'::text, 'shipped'::text, 'delivered'::text, 'completed'::text])));
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK ((total_amount >= 0));
ALTER TABLE outbox ADD CONSTRAINT outbox_pkey PRIMARY KEY ("position");
ALTER TABLE parked_keys ADD CONSTRAINT parked_keys_pkey PRIMARY KEY (consumer, key);
ALTER TABLE parked_messages ADD CONSTRAINT parked_messages_pkey PRIMARY KEY (id);
ALTER TABLE product_snapshots ADD CONSTRAINT product_snapshots_pkey PRIMARY KEY (product_id);
ALTER TABLE saga_definitions ADD CONSTRAINT saga_definitions_pkey PRIMARY KEY (saga, version);
ALTER TABLE saga_instances ADD CONSTRAINT saga_instances_pkey PRIMARY KEY (id);
ALTER TABLE saga_instances ADD CONSTRAINT saga_instances_status_check CHECK ((status = ANY (ARRAY['running'::text, 'compensating'::text, 'completed'::text, 'compensated'::text, 'stuck'::text])));
ALTER TABLE saga_instances ADD CONSTRAINT saga_instances_step_check CHECK (((step IS NULL) = (status = ANY (ARRAY['completed'::text, 'compensated'::text]))));
ALTER TABLE saga_log ADD CONSTRAINT saga_log_pkey PRIMARY KEY (saga_id, sequence);
ALTER TABLE saga_memories ADD CONSTRAINT saga_memories_pkey PRIMARY KEY (id);
ALTER TABLE saga_waiting_inputs ADD CONSTRAINT saga_waiting_inputs_pkey PRIMARY KEY (id);
ALTER TABLE sequences ADD CONSTRAINT sequences_pkey PRIMARY KEY (consumer, subject);

CREATE INDEX attempts_due_idx ON "order".attempts USING btree (due_at);
CREATE INDEX attempts_subject_idx ON "order".attempts USING btree (subject_id);
CREATE INDEX idempotency_keys_created_idx ON "order".idempotency_keys USING btree (created_at);
CREATE INDEX operator_actions_target_idx ON "order".operator_actions USING btree (target, id);
CREATE INDEX orders_customer_idx ON "order".orders USING btree (customer_id, id DESC);
CREATE INDEX orders_number_idx ON "order".orders USING btree (number);
CREATE INDEX outbox_failed_idx ON "order".outbox USING btree (subject) WHERE (failure IS NOT NULL);
CREATE INDEX parked_messages_key_idx ON "order".parked_messages USING btree (consumer, key, id);
CREATE INDEX product_snapshots_sku_idx ON "order".product_snapshots USING btree (sku);
CREATE INDEX saga_instances_key_idx ON "order".saga_instances USING btree (key);
CREATE INDEX saga_instances_wake_idx ON "order".saga_instances USING btree (wake_at) WHERE (wake_at IS NOT NULL);
CREATE UNIQUE INDEX parked_messages_once_idx ON "order".parked_messages USING btree (consumer, md5((COALESCE((((headers ->> 'ce_id'::text) || '#'::text) || COALESCE((headers ->> 'ce_attempt'::text), ''::text)), "position") || payload)));

CREATE OR REPLACE FUNCTION "order".first_id_of(day date)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE
AS $function$
    SELECT (left(hex, 8) || '-' || right(hex, 4) || '-0000-0000-000000000000')::uuid
    FROM lpad(to_hex((extract(epoch FROM day) * 1000)::bigint), 12, '0') AS hex
$function$
;
CREATE OR REPLACE FUNCTION "order".keep_inbox_partitions(days_back integer, days_ahead integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'order'
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
