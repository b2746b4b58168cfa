import { migrate } from "@cartwright/database/migrate";
import { rolePasswords } from "@cartwright/database/role-passwords";

const { DATABASE_URL: adminUrl, ROLE_PASSWORDS_FOLDER: folder } = process.env;
if (!adminUrl) {
  console.error(
    "DATABASE_URL is missing: the connection string of an administrator.",
  );
  process.exit(1);
}
await migrate({
  adminUrl,
  passwords: rolePasswords(adminUrl, folder),
  onProgress: (sentence) => console.log(sentence),
});
