import {
  openDatabase,
  type Database,
} from "@cartwright/database/open-database";

/** Without the services' settings, which are for one order at a time. */
export function asAdministrator(
  adminUrl: string,
  maxConnections: number,
): Database {
  const url = new URL(adminUrl);
  url.searchParams.set("options", "-c search_path=public");
  return openDatabase({ url: url.href, schema: "public", maxConnections });
}
