import { createHash } from "node:crypto";
import pg from "pg";
import type { RolePasswords } from "./role-passwords.ts";

const { escapeIdentifier: identifier, escapeLiteral: literal } = pg;

/** Somebody else, in another database of the cluster, did the same at the same time. */
const collisions = new Set(["42710", "23505", "XX000"]);

/**
 * The login role of a schema. Roles belong to the whole cluster, so several databases share them;
 * a comment remembers which password it has, to set it only when it has changed.
 */
export async function ensureRole(
  client: pg.Client,
  role: string,
  passwords: RolePasswords,
): Promise<void> {
  const password = passwords(role);
  const mark = `cartwright ${createHash("sha256").update(password).digest("hex").slice(0, 16)}`;
  const { rows } = await client.query<{ mark: string | null }>(
    "SELECT shobj_description(oid, 'pg_authid') AS mark FROM pg_roles WHERE rolname = $1",
    [role],
  );
  if (rows[0]?.mark === mark) return;
  const verb = rows.length === 0 ? "CREATE" : "ALTER";
  try {
    await client.query(
      `${verb} ROLE ${identifier(role)} LOGIN PASSWORD ${literal(password)};
       COMMENT ON ROLE ${identifier(role)} IS ${literal(mark)}`,
    );
  } catch (error) {
    if (!collisions.has((error as { code?: string }).code ?? "")) throw error;
    await ensureRole(client, role, passwords);
  }
}
