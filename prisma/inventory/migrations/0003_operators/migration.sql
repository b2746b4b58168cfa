-- What operators do to messages that wait, and what they did. This file is identical in every service.

-- Each action, written in the transaction of its effect.
CREATE TABLE "operator_actions" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "operator" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "before" JSON NOT NULL,
    "after" JSON NOT NULL,
    CONSTRAINT "operator_actions_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "operator_actions_target_idx" ON "operator_actions" ("target", "id");

-- How often an operator had it handled again in vain.
ALTER TABLE "parked_messages" ADD COLUMN "requeues" INTEGER NOT NULL DEFAULT 0;

-- A message that is delivered again while it waits is the same one. The hash keeps long texts of
-- strangers out of the index.
DELETE FROM "parked_messages" AS "later" USING "parked_messages" AS "first"
WHERE "first"."consumer" = "later"."consumer" AND "first"."id" < "later"."id"
  AND md5(coalesce("first"."headers" ->> 'ce_id' || '#' || coalesce("first"."headers" ->> 'ce_attempt', ''), "first"."position") || "first"."payload")
    = md5(coalesce("later"."headers" ->> 'ce_id' || '#' || coalesce("later"."headers" ->> 'ce_attempt', ''), "later"."position") || "later"."payload");
CREATE UNIQUE INDEX "parked_messages_once_idx" ON "parked_messages" ("consumer",
    md5(coalesce("headers" ->> 'ce_id' || '#' || coalesce("headers" ->> 'ce_attempt', ''), "position") || "payload"));
