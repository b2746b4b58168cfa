import type { Database } from "@cartwright/database/open-database";
import { prismaAdapter } from "@cartwright/database/prisma";
import {
  prismaTransaction,
  type PrismaTx,
} from "@cartwright/database/prisma-transaction";
import type { Prisma, PrismaClient } from "./generated/client.ts";

export type CatalogTx = PrismaTx<Prisma.TransactionClient>;

export type CatalogDb = {
  prisma(): Promise<PrismaClient>;
  transaction<T>(work: (tx: CatalogTx) => Promise<T>): Promise<T>;
};

/** Prisma is loaded with the first query: an idle process need not hold it. */
export function catalogDb(db: Database): CatalogDb {
  let client: Promise<PrismaClient> | undefined;
  const prisma = () => (client ??= connect(db));
  return {
    prisma,
    transaction: async (work) => prismaTransaction(await prisma(), work),
  };
}

async function connect(db: Database): Promise<PrismaClient> {
  const { PrismaClient } = await import("./generated/client.ts");
  return new PrismaClient({ adapter: prismaAdapter(db) });
}
