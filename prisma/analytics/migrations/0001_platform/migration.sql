-- The tables that every service has for its messages. This file is identical in every service.

-- Messages that wait for the relay; a published row is deleted. Debezium's event router reads it
-- with route.by.field=topic and table.field.event.key=key.
CREATE TABLE "outbox" (
    "position" BIGINT GENERATED ALWAYS AS IDENTITY,
    "id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "headers" JSON NOT NULL,
    "payload" TEXT NOT NULL,
    "failure" TEXT,
    "created_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT "outbox_pkey" PRIMARY KEY ("position")
);
CREATE INDEX "outbox_failed_idx" ON "outbox" ("subject") WHERE "failure" IS NOT NULL;

-- Who may act alone, until when; the token grows with each holder.
CREATE TABLE "leases" (
    "name" TEXT NOT NULL,
    "holder" UUID NOT NULL,
    "token" BIGINT NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "leases_pkey" PRIMARY KEY ("name")
);

-- Events already handled. Ids are UUIDv7, so a range of ids is a span of time: one partition a day.
CREATE TABLE "inbox" (
    "consumer" TEXT NOT NULL,
    "message_id" UUID NOT NULL,
    CONSTRAINT "inbox_pkey" PRIMARY KEY ("consumer", "message_id")
) PARTITION BY RANGE ("message_id");

-- Commands already handled. Their ids are derived, not timed, so partitions are by hash.
CREATE TABLE "command_inbox" (
    "consumer" TEXT NOT NULL,
    "command_id" UUID NOT NULL,
    "attempt" INTEGER NOT NULL,
    "received_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT "command_inbox_pkey" PRIMARY KEY ("consumer", "command_id", "attempt")
) PARTITION BY HASH ("command_id");
CREATE TABLE "command_inbox_0" PARTITION OF "command_inbox" FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE "command_inbox_1" PARTITION OF "command_inbox" FOR VALUES WITH (MODULUS 4, REMAINDER 1);
CREATE TABLE "command_inbox_2" PARTITION OF "command_inbox" FOR VALUES WITH (MODULUS 4, REMAINDER 2);
CREATE TABLE "command_inbox_3" PARTITION OF "command_inbox" FOR VALUES WITH (MODULUS 4, REMAINDER 3);

-- The answer given to each command, so that a command sent again gets the same event again.
CREATE TABLE "command_answers" (
    "command_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "headers" JSON NOT NULL,
    "payload" TEXT NOT NULL,
    "answered_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT "command_answers_pkey" PRIMARY KEY ("command_id")
);

-- When each consumer began: a subject first seen above 1 is believed only from before then.
CREATE TABLE "consumers" (
    "consumer" TEXT NOT NULL,
    "began_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT "consumers_pkey" PRIMARY KEY ("consumer")
);

-- The last sequence number each consumer has seen of each subject.
CREATE TABLE "sequences" (
    "consumer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "last" INTEGER NOT NULL,
    CONSTRAINT "sequences_pkey" PRIMARY KEY ("consumer", "subject")
) WITH (fillfactor = 80);

-- Keys whose messages wait: for a person (a message failed) or for a missing message.
CREATE TABLE "parked_keys" (
    "consumer" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "parked_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT "parked_keys_pkey" PRIMARY KEY ("consumer", "key")
);

CREATE TABLE "parked_messages" (
    "id" BIGINT GENERATED ALWAYS AS IDENTITY,
    "consumer" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "position" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "headers" JSON NOT NULL,
    "payload" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "parked_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT "parked_messages_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "parked_messages_key_idx" ON "parked_messages" ("consumer", "key", "id");

-- Calls to the outside that a transaction has decided on; removed when settled. A claim moves due_at
-- ahead, so a row whose holder died comes due again by itself.
CREATE TABLE "attempts" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "request" JSON NOT NULL,
    "cause" JSON NOT NULL,
    "calls" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "last_failure" TEXT,
    CONSTRAINT "attempts_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "attempts_due_idx" ON "attempts" ("due_at");
CREATE INDEX "attempts_subject_idx" ON "attempts" ("subject_id");

-- Answers to requests that carried an Idempotency-Key, per user and route.
CREATE TABLE "idempotency_keys" (
    "scope" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "headers" JSON NOT NULL,
    "body" JSON,
    "created_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("scope", "key")
);
CREATE INDEX "idempotency_keys_created_idx" ON "idempotency_keys" ("created_at");

-- The smallest UUIDv7 of a day.
CREATE FUNCTION "first_id_of"(day DATE) RETURNS UUID LANGUAGE SQL IMMUTABLE AS $$
    SELECT (left(hex, 8) || '-' || right(hex, 4) || '-0000-0000-000000000000')::uuid
    FROM lpad(to_hex((extract(epoch FROM day) * 1000)::bigint), 12, '0') AS hex
$$;

-- Creates the inbox partitions around today and drops those that are past keeping. The service's role
-- may call it, though it may create no tables itself.
CREATE FUNCTION "keep_inbox_partitions"(days_back INTEGER, days_ahead INTEGER) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
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
END $$;
