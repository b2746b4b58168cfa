import { prismaTransaction } from "./prisma-transaction.ts";
import type { PrismaTransaction } from "./prisma.ts";

/** Stands in for a generated client; its transactions fail as often as it is told to. */
function clientThatFails(times: number, rows: object[] = []) {
  let failures = times;
  const asked: unknown[][] = [];
  const inside: PrismaTransaction = {
    $queryRawUnsafe: (...question) => {
      asked.push(question);
      return Promise.resolve(rows) as Promise<never>;
    },
  };
  return {
    asked,
    async $transaction<T>(
      work: (client: PrismaTransaction) => Promise<T>,
    ): Promise<T> {
      const result = await work(inside);
      failures -= 1;
      if (failures >= 0)
        throw Object.assign(new Error("conflict"), { code: "P2034" });
      return result;
    },
  };
}

describe("a transaction of Prisma's", () => {
  it("runs again after a write conflict, and calls back once", async () => {
    const calls: string[] = [];
    const prisma = clientThatFails(2);
    await prismaTransaction(prisma, (tx) => {
      calls.push("work");
      tx.afterCommit(() => calls.push("committed"));
      return Promise.resolve();
    });
    expect(calls).toEqual(["work", "work", "work", "committed"]);
  });

  it("gives up on what a retry cannot heal", async () => {
    const work = prismaTransaction(clientThatFails(0), () =>
      Promise.reject(new TypeError("wrong")),
    );
    await expect(work).rejects.toThrow(TypeError);
  });

  it("ends when what was sent is there, in the order it was sent", async () => {
    const prisma = clientThatFails(0);
    await prismaTransaction(prisma, async (tx) => {
      tx.send("INSERT 1");
      tx.send("INSERT 2", ["b"]);
      await tx.query("SELECT");
      tx.send("INSERT 3");
    });
    expect(prisma.asked).toEqual([
      ["INSERT 1"],
      ["INSERT 2", "b"],
      ["SELECT"],
      ["INSERT 3"],
    ]);
  });

  it("fails with what was sent, and so does a query behind it", async () => {
    const prisma = clientThatFails(0);
    const refuse = () => Promise.reject(new TypeError("refused"));
    const refusing = {
      $transaction: <T>(work: (client: PrismaTransaction) => Promise<T>) =>
        prisma.$transaction(() => work({ $queryRawUnsafe: refuse })),
    };
    const sent = prismaTransaction(refusing, (tx) => {
      tx.send("INSERT 1");
      return Promise.resolve();
    });
    await expect(sent).rejects.toThrow("refused");
    const behind = prismaTransaction(refusing, async (tx) => {
      tx.send("INSERT 1");
      await tx.query("SELECT").catch((error: unknown) => {
        throw new Error(`behind: ${String(error)}`);
      });
    });
    await expect(behind).rejects.toThrow("behind: TypeError: refused");
  });

  it("runs the SQL of our stores, and reads counters as numbers", async () => {
    const prisma = clientThatFails(0, [{ position: 7n, key: "a" }]);
    const named = { name: "n", text: "SELECT $1" };
    const rows = await prismaTransaction(prisma, (tx) =>
      tx.query(named, [["a"]]),
    );
    expect(rows).toEqual([{ position: 7, key: "a" }]);
    expect(prisma.asked).toEqual([["SELECT $1", ["a"]]]);
  });
});
