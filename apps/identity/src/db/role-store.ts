import type { Tx } from "@cartwright/database/tx";
import type { KnownUser, Role } from "../domain/user.ts";

export type UserAndOperators = {
  readonly user: KnownUser | undefined;
  readonly operators: readonly KnownUser[];
};

/** Whoever has the address, and all operators: nobody else changes their roles until the end of the transaction. */
export async function lockWithOperators(
  tx: Tx,
  email: string,
): Promise<UserAndOperators> {
  const found = await tx.query<KnownUser>(
    `SELECT id, email, name, roles, created_at AS "createdAt" FROM users
     WHERE email = $1 OR 'operator' = ANY (roles) ORDER BY id FOR NO KEY UPDATE`,
    [email],
  );
  return {
    user: found.find((one) => one.email === email),
    operators: found.filter(({ roles }) => roles.includes("operator")),
  };
}

export async function saveRoles(
  tx: Tx,
  id: string,
  roles: readonly Role[],
): Promise<void> {
  await tx.query("UPDATE users SET roles = $2 WHERE id = $1", [id, roles]);
}

export async function endSessions(
  tx: Tx,
  userId: string,
  reason: string,
): Promise<void> {
  await tx.query(
    `UPDATE sessions SET revoked_at = now(), revoked_reason = $2
     WHERE user_id = $1 AND revoked_at IS NULL`,
    [userId, reason],
  );
}
