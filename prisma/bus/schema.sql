CREATE TABLE cursors (
  "group" text NOT NULL,
  topic text NOT NULL,
  "position" bigint NOT NULL
);
CREATE TABLE log (
  "position" bigint NOT NULL,
  topic text NOT NULL,
  key text NOT NULL,
  headers json NOT NULL,
  value text NOT NULL,
  written_at timestamp with time zone DEFAULT now() NOT NULL
) PARTITION BY RANGE ("position");
CREATE TABLE sequencer (
  "only" boolean DEFAULT true NOT NULL,
  last bigint DEFAULT 0 NOT NULL
);

ALTER TABLE cursors ADD CONSTRAINT cursors_pkey PRIMARY KEY ("group", topic);
ALTER TABLE log ADD CONSTRAINT log_pkey PRIMARY KEY ("position");
ALTER TABLE sequencer ADD CONSTRAINT sequencer_pkey PRIMARY KEY ("only");
ALTER TABLE sequencer ADD CONSTRAINT sequencer_is_one_row CHECK ("only");

CREATE OR REPLACE FUNCTION bus.keep_log_partitions()
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'bus'
AS $function$
DECLARE
    size CONSTANT BIGINT := 1000000;
    current_number BIGINT;
    passed BIGINT;
    name TEXT;
    old TEXT;
    newest TIMESTAMPTZ;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext(current_schema() || '.log'));
    SELECT last / size INTO current_number FROM sequencer;
    FOR number IN current_number .. current_number + 1 LOOP
        name := 'log_' || number;
        CONTINUE WHEN to_regclass(name) IS NOT NULL;
        -- Attaching an empty table disturbs neither readers nor writers; creating it in place would.
        EXECUTE format('CREATE TABLE %I (LIKE log INCLUDING DEFAULTS)', name);
        EXECUTE format('ALTER TABLE log ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
            name, number * size, (number + 1) * size);
    END LOOP;
    SELECT min(position) / size INTO passed FROM cursors;
    FOR old IN
        -- Materialized: else the cast may meet the names of other tables.
        WITH partitions AS MATERIALIZED (
            SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
            WHERE inhparent = 'log'::regclass
        )
        SELECT relname FROM partitions WHERE substr(relname, 5)::bigint < passed
    LOOP
        EXECUTE format('SELECT max(written_at) FROM %I', old) INTO newest;
        CONTINUE WHEN newest > now() - INTERVAL '24 hours';
        EXECUTE format('DROP TABLE %I', old);
    END LOOP;
    RETURN (current_number + 2) * size - 1;
END $function$
;
