-- Every event there was. Event ids are UUIDv7, so a range of ids is a span of time: one partition a month.
CREATE TABLE "event_archive" (
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "time" TIMESTAMPTZ(3) NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "causation_id" TEXT,
    "data" JSON NOT NULL,
    CONSTRAINT "event_archive_pkey" PRIMARY KEY ("id")
) PARTITION BY RANGE ("id");
CREATE INDEX "event_archive_key_idx" ON "event_archive" ("key", "id");
CREATE TABLE "event_archive_others" PARTITION OF "event_archive" DEFAULT;

-- Creates the archive's partitions from this month on. The service's role may call it, though it may
-- create no tables itself.
CREATE FUNCTION "keep_archive_partitions"(months_ahead INTEGER) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
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
END $$;
SELECT keep_archive_partitions(2);

-- Orders and money per day (UTC) and currency. A confirmed order that is cancelled is taken off the
-- revenue of the day of its cancellation, which may thus be negative.
CREATE TABLE "sales_by_day" (
    "day" DATE NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "placed" INTEGER NOT NULL,
    "confirmed" INTEGER NOT NULL,
    "cancelled" INTEGER NOT NULL,
    "revenue" BIGINT NOT NULL,
    CONSTRAINT "sales_by_day_pkey" PRIMARY KEY ("day", "currency")
) WITH (fillfactor = 50);
