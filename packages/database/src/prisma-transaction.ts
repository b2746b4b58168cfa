import { prismaTx, type PrismaTransaction } from "./prisma.ts";
import { retrying } from "./retrying.ts";
import type { Tx } from "./tx.ts";

/** One transaction in both its forms: Prisma's for models, ours for stores written in SQL. */
export type PrismaTx<Client> = Tx & { readonly prisma: Client };

type Transactional<Client> = {
  $transaction<T>(work: (client: Client) => Promise<T>): Promise<T>;
};

/**
 * Runs `work` in one transaction of a generated client, again when a retry may heal it, then the
 * callbacks that waited for its commit.
 */
export const prismaTransaction = <Client extends PrismaTransaction, T>(
  prisma: Transactional<Client>,
  work: (tx: PrismaTx<Client>) => Promise<T>,
): Promise<T> =>
  retrying(async () => {
    const callbacks: (() => void)[] = [];
    const result = await prisma.$transaction(async (client) => {
      const tx = prismaTx(client, (callback) => callbacks.push(callback));
      const value = await work({ ...tx, prisma: client });
      await tx.sent();
      return value;
    });
    for (const callback of callbacks) callback();
    return result;
  });
