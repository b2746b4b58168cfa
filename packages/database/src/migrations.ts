import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { schemaOf } from "./role-url.ts";

/** A migration in Prisma's folder format; the checksum is the one Prisma would record. */
export type Migration = {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
};

/** A service's schema and what has to be applied to it, in order. */
export type MigratedSchema = {
  readonly schema: string;
  readonly migrations: readonly Migration[];
};

const prismaFolder = join(import.meta.dirname, "../../../prisma");

/** One schema for each folder `prisma/<service>`. */
export function migratedSchemas(folder = prismaFolder): MigratedSchema[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) =>
        entry.isDirectory() &&
        existsSync(join(folder, entry.name, "migrations")),
    )
    .map(({ name }) => ({
      schema: schemaOf(name),
      migrations: migrationsIn(join(folder, name, "migrations")),
    }))
    .sort((a, b) => a.schema.localeCompare(b.schema));
}

function migrationsIn(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "migration.sql")))
    .map((name) => {
      const sql = readFileSync(join(folder, name, "migration.sql"), "utf8");
      return {
        name,
        sql,
        checksum: createHash("sha256").update(sql).digest("hex"),
      };
    })
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
}

/** Changes whenever any migration does. */
export function fingerprintOf(schemas: readonly MigratedSchema[]): string {
  const hash = createHash("sha256");
  for (const { schema, migrations } of schemas) {
    for (const { name, checksum } of migrations)
      hash.update(`${schema}/${name}=${checksum}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

/** The tables that exist when all of it is applied. */
export function tablesOf({ migrations }: MigratedSchema): string[] {
  const tables = new Set<string>();
  const change = /^\s*(CREATE|DROP) TABLE (?:IF (?:NOT )?EXISTS )?"?(\w+)"?/gim;
  for (const { sql } of migrations) {
    for (const [, verb, table = ""] of sql.matchAll(change)) {
      if (verb?.toUpperCase() === "CREATE") tables.add(table);
      else tables.delete(table);
    }
  }
  return [...tables];
}
