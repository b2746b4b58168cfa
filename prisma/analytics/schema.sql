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
CREATE TABLE event_archive (
  id uuid NOT NULL,
  type text NOT NULL,
  source text NOT NULL,
  subject text NOT NULL,
  key text NOT NULL,
  sequence integer NOT NULL,
  "time" timestamp(3) with time zone NOT NULL,
  correlation_id text NOT NULL,
  causation_id text,
  data json NOT NULL,
  command_id text
) PARTITION BY RANGE (id);
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
CREATE TABLE sales_by_day (
  day date NOT NULL,
  currency character(3) NOT NULL,
  placed integer NOT NULL,
  confirmed integer NOT NULL,
  cancelled integer NOT NULL,
  revenue bigint NOT NULL,
  refunded bigint DEFAULT 0 NOT NULL
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
ALTER TABLE event_archive ADD CONSTRAINT event_archive_pkey PRIMARY KEY (id);
ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (scope, key);
ALTER TABLE inbox ADD CONSTRAINT inbox_pkey PRIMARY KEY (consumer, message_id);
ALTER TABLE leases ADD CONSTRAINT leases_pkey PRIMARY KEY (name);
ALTER TABLE operator_actions ADD CONSTRAINT operator_actions_pkey PRIMARY KEY (id);
ALTER TABLE outbox ADD CONSTRAINT outbox_pkey PRIMARY KEY ("position");
ALTER TABLE parked_keys ADD CONSTRAINT parked_keys_pkey PRIMARY KEY (consumer, key);
ALTER TABLE parked_messages ADD CONSTRAINT parked_messages_pkey PRIMARY KEY (id);
ALTER TABLE sales_by_day ADD CONSTRAINT sales_by_day_pkey PRIMARY KEY (day, currency);
ALTER TABLE sequences ADD CONSTRAINT sequences_pkey PRIMARY KEY (consumer, subject);

CREATE INDEX attempts_due_idx ON analytics.attempts USING btree (due_at);
CREATE INDEX attempts_subject_idx ON analytics.attempts USING btree (subject_id);
CREATE INDEX event_archive_key_idx ON ONLY analytics.event_archive USING btree (key, id);
CREATE INDEX idempotency_keys_created_idx ON analytics.idempotency_keys USING btree (created_at);
CREATE INDEX operator_actions_target_idx ON analytics.operator_actions USING btree (target, id);
CREATE INDEX outbox_failed_idx ON analytics.outbox USING btree (subject) WHERE (failure IS NOT NULL);
CREATE INDEX parked_messages_key_idx ON analytics.parked_messages USING btree (consumer, key, id);
CREATE UNIQUE INDEX parked_messages_once_idx ON analytics.parked_messages USING btree (consumer, md5((COALESCE((((headers ->> 'ce_id'::text) || '#'::text) || COALESCE((headers ->> 'ce_attempt'::text), ''::text)), "position") || payload)));

CREATE OR REPLACE FUNCTION analytics.first_id_of(day date)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE
AS $function$
    SELECT (left(hex, 8) || '-' || right(hex, 4) || '-0000-0000-000000000000')::uuid
    FROM lpad(to_hex((extract(epoch FROM day) * 1000)::bigint), 12, '0') AS hex
$function$
;
CREATE OR REPLACE FUNCTION analytics.keep_archive_partitions(months_ahead integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'analytics'
AS $function$
DECLARE
    month DATE;
    name TEXT;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext(current_schema() || '.event_archive'));
    FOR month IN
        SELECT date_trunc('month', now() AT TIME ZONE 'UTC')::date + make_interval(months => n)
        FROM generate_series(0, months_ahead) AS n
    LOOP
        name := 'event_archive_' || to_char(month, 'YYYYMM');
        IF to_regclass(name) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF event_archive FOR VALUES FROM (%L) TO (%L)',
                name, first_id_of(month), first_id_of((month + interval '1 month')::date));
        END IF;
    END LOOP;
END $function$
;
CREATE OR REPLACE FUNCTION analytics.keep_inbox_partitions(days_back integer, days_ahead integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'analytics'
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
