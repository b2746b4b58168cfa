import { lockPatience } from "@cartwright/database/lock-patience";
import { z } from "zod";
import { administratorConfig } from "./administrator-config.ts";

/** The environment variables of the job that applies the migrations. */
export const migrationsConfig = administratorConfig.extend({
  MIGRATION_LOCK_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(lockPatience.timeout)
    .describe(
      "How long a migration waits for a lock at a time, while all that come later wait behind it; services give up after 3000.",
    ),
  MIGRATION_LOCK_TRIES: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(lockPatience.tries)
    .describe(
      "How often it tries, with twice that time between, before it fails and says who holds the lock.",
    ),
});
