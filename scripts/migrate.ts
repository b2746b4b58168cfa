import { migrate } from "@cartwright/database/migrate";
import { rolePasswords } from "@cartwright/database/role-passwords";
import { loadConfig } from "@cartwright/service/load-config";
import { administratorConfig } from "./administrator-config.ts";

const { DATABASE_URL: adminUrl, ROLE_PASSWORDS_FOLDER: folder } =
  loadConfig(administratorConfig);
await migrate({
  adminUrl,
  passwords: rolePasswords(adminUrl, folder),
  onProgress: (sentence) => console.log(sentence),
});
