import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "@cartwright/kernel/ids";
import { minutes } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import { Connection } from "../connection.ts";
import { readCounters, type Counters } from "../counters.ts";
import { outboxRows, runningOrders } from "../database-figures.ts";
import { orderRequest } from "../order-request.ts";
import type { LoadPlan } from "../load-plan.ts";
import type { Started } from "../started.ts";

/** What one wave of orders took, by counts that a busy machine does not change. */
export type WaveFigures = {
  readonly commitsPerOrder: number;
  readonly rowsPerBatch: number;
  readonly messagesPerProduceRequest: number;
  readonly walBytesPerOrder: number;
};

/** Always the same, since rows are as long as they have lines. */
const linesPerOrder = 2;

/** Longer than any consumer gathers. */
const quietFor = 700;

/** Posts orders all at once and waits until nothing of them is left to do. */
export async function wave(
  started: Started,
  plan: LoadPlan,
  orders: number,
): Promise<WaveFigures> {
  const before = await look(started);
  await post(plan, orders);
  await settled(started);
  const after = await look(started);
  const grown = (name: keyof Counters) =>
    after.counters[name] - before.counters[name];
  return {
    commitsPerOrder: (after.transactions - before.transactions) / orders,
    rowsPerBatch: grown("batchedRecords") / grown("batches"),
    messagesPerProduceRequest:
      grown("publishedRecords") / grown("publications"),
    walBytesPerOrder: (after.wal - before.wal) / orders,
  };
}

/** Transactions that wrote: looking around in vain, as idle parts do by the clock, is not counted. */
async function look({ platform, metrics }: Started) {
  const [row] = await platform.sql<{ transactions: number; wal: number }>(
    `SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS transactions,
            (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint AS wal`,
  );
  return {
    transactions: 0,
    wal: 0,
    ...row,
    counters: await readCounters(metrics),
  };
}

async function post(plan: LoadPlan, orders: number): Promise<void> {
  const connections = Array.from(
    { length: plan.connections },
    () => new Connection(plan.host, plan.port),
  );
  const answers = await Promise.all(
    connections.map(async (connection, first) => {
      const statuses: number[] = [];
      for (let n = first; n < orders; n += connections.length)
        statuses.push(
          (await connection.send(orderRequest(plan, newId(), linesPerOrder)))
            .status,
        );
      connection.close();
      return statuses;
    }),
  );
  const refused = answers.flat().filter((status) => status !== 202);
  assert.deepEqual(refused, [], "Orders were not accepted.");
}

async function settled({ platform, metrics }: Started): Promise<void> {
  await eventually(
    async () => {
      assert.equal(await runningOrders(platform), 0);
      assert.equal(await outboxRows(platform), 0);
      const { batches } = await readCounters(metrics);
      await sleep(quietFor);
      assert.equal((await readCounters(metrics)).batches, batches);
    },
    { within: minutes(2), every: 50 },
  );
}
