import {
  openDatabase,
  type Database,
} from "@cartwright/database/open-database";

/** Reads whole tables, so without the plans of services, which are for one order at a time. */
export const asAdministrator = (
  adminUrl: string,
  maxConnections: number,
): Database =>
  openDatabase({
    ...{ url: adminUrl, schema: "public", maxConnections },
    byIndex: false,
  });
