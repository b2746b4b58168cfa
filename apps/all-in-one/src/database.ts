import { migrate } from "@cartwright/database/migrate";
import { postgresServer } from "@cartwright/database/postgres-server";
import type { Part } from "@cartwright/kernel/part";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { AllInOneConfig } from "./config.ts";

export type Say = (sentence: string) => void;

/** The database, one of our own unless one is named, and its migrations. */
export function database(
  config: AllInOneConfig,
  say: Say,
): { readonly parts: readonly Part[]; readonly adminUrl: () => string } {
  const { DATABASE_URL: named } = config;
  if (named) {
    const adminUrl = () => named;
    return { parts: [migrations(adminUrl, say)], adminUrl };
  }
  const folder = join(config.DATA_FOLDER, "postgres");
  const server = postgresServer({ folder, port: config.POSTGRES_PORT });
  const announced: Part = {
    ...server,
    async start() {
      say(
        existsSync(folder)
          ? `Starting Postgres (${folder})`
          : `Creating a database in ${folder}`,
      );
      await server.start?.();
    },
  };
  const adminUrl = () => server.url();
  return { parts: [announced, migrations(adminUrl, say)], adminUrl };
}

const migrations = (adminUrl: () => string, say: Say): Part => ({
  name: "migrations",
  start: () => migrate({ adminUrl: adminUrl(), onProgress: say }),
});
