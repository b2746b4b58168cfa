import { PrismaPg } from "@prisma/adapter-pg";
import type { Database } from "./open-database.ts";
import type { Statement, Tx } from "./tx.ts";

/** For `new PrismaClient({ adapter })`: Prisma works on the same pool, with the same limits. */
export const prismaAdapter = (db: Database): PrismaPg =>
  new PrismaPg(db.pool, { schema: db.schema, disposeExternalPool: false });

/** What a generated client hands to `$transaction(async (client) => …)`, as far as we need it. */
export type PrismaTransaction = {
  $queryRawUnsafe<Rows>(sql: string, ...values: unknown[]): Promise<Rows>;
};

/**
 * Lets stores written in SQL, the outbox above all, take part in `prisma.$transaction`. Callbacks
 * wait until `committed` is called, once `$transaction` has resolved.
 */
export function prismaTx(
  client: PrismaTransaction,
): Tx & { committed(): void } {
  const callbacks: (() => void)[] = [];
  return {
    query: <Row extends object>(
      statement: Statement,
      values: readonly unknown[] = [],
    ) =>
      client.$queryRawUnsafe<Row[]>(
        typeof statement === "string" ? statement : statement.text,
        ...values,
      ),
    afterCommit: (callback) => void callbacks.push(callback),
    committed: () => callbacks.splice(0).forEach((callback) => callback()),
  };
}
