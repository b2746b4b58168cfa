-- The embedded broker: a durable log of all messages, and how far each group has read in it.

-- The position of the last record. Whoever appends takes positions from this row and keeps it locked
-- until the commit: so there is one writer at a time, positions have no gaps, and a reader that sees
-- a record sees all before it.
CREATE TABLE "sequencer" (
    "only" BOOLEAN NOT NULL DEFAULT true,
    "last" BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT "sequencer_pkey" PRIMARY KEY ("only"),
    CONSTRAINT "sequencer_is_one_row" CHECK ("only")
) WITH (fillfactor = 10);
INSERT INTO "sequencer" DEFAULT VALUES;

CREATE TABLE "log" (
    "position" BIGINT NOT NULL,
    "topic" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "headers" JSON NOT NULL,
    "value" TEXT NOT NULL,
    "written_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT "log_pkey" PRIMARY KEY ("position")
) PARTITION BY RANGE ("position");

-- Everything up to the position is handled. Moved by the consumer, in the transaction of its effects.
CREATE TABLE "cursors" (
    "group" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    CONSTRAINT "cursors_pkey" PRIMARY KEY ("group", "topic")
) WITH (fillfactor = 50);

-- Creates the partition in use and the next one; drops those that every group has passed and whose
-- last record is older than a day. Returns the position up to which there is room.
CREATE FUNCTION "keep_log_partitions"() RETURNS BIGINT
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
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
END $$;
