import { prismaTx, type PrismaTransaction } from "./prisma.ts";
import type { Tx } from "./tx.ts";

/** One transaction in both its forms: Prisma's for models, ours for stores written in SQL. */
export type PrismaTx<Client> = Tx & { readonly prisma: Client };

type Transactional<Client> = {
  $transaction<T>(work: (client: Client) => Promise<T>): Promise<T>;
};

/** Runs `work` in one transaction of a generated client, then the callbacks that waited for its commit. */
export async function prismaTransaction<Client extends PrismaTransaction, T>(
  prisma: Transactional<Client>,
  work: (tx: PrismaTx<Client>) => Promise<T>,
): Promise<T> {
  let committed = () => undefined as void;
  const result = await prisma.$transaction((client) => {
    const tx = prismaTx(client);
    committed = tx.committed;
    return work({ ...tx, prisma: client });
  });
  committed();
  return result;
}
