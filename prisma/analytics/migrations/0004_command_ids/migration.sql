-- On an answer: the command that it settles. Published again without it, it would answer nobody.
ALTER TABLE "event_archive" ADD COLUMN "command_id" TEXT;
