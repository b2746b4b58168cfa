-- The shape that each version of a saga had when it was first run. It never changes: runs in hand rely on it.
CREATE TABLE "saga_definitions" (
    "saga" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "steps" JSON NOT NULL,
    "first_seen" TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT "saga_definitions_pkey" PRIMARY KEY ("saga", "version")
);

-- What befell a run while it was in the hands of a release that does not know its version; a release that
-- does takes it from here. Empty but for rolling deployments.
CREATE TABLE "saga_waiting_inputs" (
    "id" BIGINT GENERATED ALWAYS AS IDENTITY,
    "saga_id" UUID NOT NULL,
    "input" JSON NOT NULL,
    "waits_since" TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT "saga_waiting_inputs_pkey" PRIMARY KEY ("id")
);
