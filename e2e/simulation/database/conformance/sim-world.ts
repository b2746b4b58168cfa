import type { Statement } from "@cartwright/database/tx";
import { usualLimits } from "../session-limits.ts";
import type { SimClient } from "../sim-pool.ts";
import { SimServer } from "../sim-server.ts";
import { TestKernel } from "../test/test-kernel.ts";
import { rowText } from "./row-text.ts";
import { txOn, type Session, type World } from "./world.ts";

const limits = {
  ...usualLimits,
  deadlockTimeout: 10,
  lockTimeout: 3_600_000,
  statementTimeout: 3_600_000,
  idleInTransactionTimeout: 3_600_000,
};

/** The same schema on the simulated server. */
export async function simWorld(
  schema: string,
  sessionCount: number,
): Promise<World> {
  const kernel = new TestKernel(() => 0, Date.now());
  let server = serverOn(kernel);
  let clients: SimClient[] = [];
  const open = async () => {
    server = serverOn(kernel);
    const db = server.connect(schema);
    const opening = Promise.all(
      Array.from({ length: sessionCount }, () => db.pool.connect()),
    );
    await kernel.advance(1);
    clients = (await opening) as unknown as SimClient[];
    const tidied = db.query({ name: "maintenance-inbox", text: "" }, [14, 7]);
    await kernel.advance(1);
    await tidied;
  };
  await open();

  return {
    sessions: Array.from({ length: sessionCount }, (_, index) =>
      sessionOn(() => clients[index] as SimClient),
    ),
    async settle(pending) {
      await kernel.advance(1);
      if (pending().length > 0)
        await kernel.advance(limits.deadlockTimeout + 1);
    },
    async contents() {
      const contents = new Map<string, string[]>();
      for (const [table, rows] of server.schema(schema).contents())
        if (rows.length > 0)
          contents.set(
            table,
            rows.map((row) => rowText(row, kernel.now())).sort(),
          );
      contents.delete("inbox partitions");
      contents.delete("templates");
      return contents;
    },
    reset: open,
  };
}

const serverOn = (kernel: TestKernel): SimServer =>
  new SimServer({
    kernel,
    limits,
    latency: () => 0,
    onDefect: (error) => {
      throw error;
    },
  });

const sessionOn = (client: () => SimClient): Session => ({
  tx: txOn({
    query: async (statement: Statement, values) =>
      (await client().send(statement, values)).rows as object[],
  }),
  control: async (command) => (await client().send(command, [])).command,
});
