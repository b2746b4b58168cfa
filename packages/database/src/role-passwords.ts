import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rolePassword } from "./role-url.ts";

/** The password that a role has. */
export type RolePasswords = (role: string) => string;

/**
 * Those that lie in a folder, one file for each role and named after it; the others are derived from the
 * administrator's, as all are without a folder.
 */
export function rolePasswords(
  adminUrl: string,
  folder?: string,
): RolePasswords {
  if (folder !== undefined && !existsSync(folder))
    throw new Error(`There is no folder ${folder} with the roles' passwords.`);
  return (role) => given(folder, role) ?? rolePassword(adminUrl, role);
}

function given(folder: string | undefined, role: string): string | undefined {
  const file = folder === undefined ? undefined : join(folder, role);
  if (file === undefined || !existsSync(file)) return undefined;
  const password = readFileSync(file, "utf8").trim();
  if (password === "") throw new Error(`The password of ${role} is empty.`);
  return password;
}
