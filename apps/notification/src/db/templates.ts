import { statement, type Queryable } from "@cartwright/database/tx";
import { gather } from "../delivering/gather.ts";
import type { Template } from "../domain/template.ts";

const select = statement(
  "templates-find",
  `SELECT name, subject, body FROM templates WHERE name = ANY ($1::text[])`,
);

/** Finds templates by name. They are read anew for each round of mails: staff may just have changed them. */
export function findTemplates(
  db: Queryable,
): (name: string) => Promise<Template | undefined> {
  return gather(async (names: readonly string[]) => {
    const rows = await db.query<Template & { readonly name: string }>(select, [
      [...new Set(names)],
    ]);
    const byName = new Map(rows.map((row) => [row.name, row]));
    return names.map((name) => byName.get(name));
  }, 200);
}
