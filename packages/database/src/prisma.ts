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

/** Prisma's transaction as ours; nobody is told of a failure. It must not be committed before what was `sent` is there. */
export function prismaTx(
  client: PrismaTransaction,
  afterCommit: (callback: () => void) => void,
): Tx & { sent(): Promise<void> } {
  let sent = Promise.resolve();
  const run = async (statement: Statement, values: readonly unknown[] = []) => {
    const sql = typeof statement === "string" ? statement : statement.text;
    const rows = await client.$queryRawUnsafe<object[]>(sql, ...values);
    return rows.map(withNumbers);
  };
  return {
    afterCommit,
    afterGivingUp: () => undefined,
    async query<Row extends object>(
      statement: Statement,
      values?: readonly unknown[],
    ) {
      await sent;
      return (await run(statement, values)) as Row[];
    },
    send(statement, values) {
      sent = sent.then(async () => {
        await run(statement, values);
      });
      sent.catch(() => undefined); // whoever is next hears of it, at the latest the commit
    },
    sent: () => sent,
  };
}

/** Prisma reads counters as bigint, our pools as number. */
const withNumbers = (row: object): object =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === "bigint" ? Number(value) : (value as unknown),
    ]),
  );
