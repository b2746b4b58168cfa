import { migrate } from "@cartwright/database/migrate";
import { rolePasswords } from "@cartwright/database/role-passwords";
import { loadConfig } from "@cartwright/service/load-config";
import { migrationsConfig } from "./migrations-config.ts";

const {
  DATABASE_URL: adminUrl,
  ROLE_PASSWORDS_FOLDER: folder,
  MIGRATION_LOCK_TIMEOUT_MS: timeout,
  MIGRATION_LOCK_TRIES: tries,
} = loadConfig(migrationsConfig);
await migrate({
  adminUrl,
  passwords: rolePasswords(adminUrl, folder),
  patience: { timeout, tries },
  onProgress: (sentence) => console.log(sentence),
});
