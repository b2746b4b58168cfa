import { postgresServer } from "@cartwright/database/postgres-server";
import { migrate } from "@cartwright/database/migrate";
import { openDatabase } from "@cartwright/database/open-database";
import { roleUrl } from "@cartwright/database/role-url";
import {
  prismaAdapter,
  prismaTx,
  prismaTransaction,
} from "@cartwright/database/prisma";
import { prismaTransaction } from "@cartwright/database/prisma-transaction";
import { PrismaClient } from "./src/db/generated/client.ts";
import { transactionalOutbox } from "@cartwright/messaging/transactional-outbox";
import { rmSync } from "node:fs";
rmSync("/tmp/pgt/probe", { recursive: true, force: true });
const s = postgresServer({ folder: "/tmp/pgt/probe", port: 0 });
await s.start!();
try {
  await migrate({ adminUrl: s.url() });
  const db = openDatabase({
    url: roleUrl(s.url(), "order"),
    schema: "order",
    maxConnections: 4,
  });
  const prisma = new PrismaClient({ adapter: prismaAdapter(db) });
  const m0 = process.memoryUsage().rss;
  const t0 = performance.now();
  console.log(await prisma.consumer.findMany());
  console.log(
    "first query",
    performance.now() - t0,
    (process.memoryUsage().rss - m0) / 1e6,
  );
  await prismaTransaction(prisma, async (tx) => {
    console.log(
      await tx.query(
        "SELECT * FROM unnest($1::text[], $2::bigint[], $3::json[], $4::uuid[], $5::timestamptz[]) AS x(a,b,c,d,e)",
        [
          ["a", "b"],
          [1, 2],
          [JSON.stringify({ x: 1 }), JSON.stringify('q"{}')],
          [
            "01000000-0000-7000-8000-000000000000",
            "01000000-0000-7000-8000-000000000001",
          ],
          [new Date(), new Date()],
        ],
      ),
    );
    console.log(
      await tx.query(
        "SELECT $1::json as j, $2::bigint as n, $3::int as i, $4::text as t, $5::boolean b, now() as at",
        [{ a: 1 }, 5, 6, null, true],
      ),
    );
    const outbox = transactionalOutbox({
      source: "order",
      wake: () => console.log("WOKEN"),
      clock: { now: () => new Date() },
    });
    await outbox.append(tx, [
      {
        draft: {
          type: "order.OrderCompleted.v1",
          topic: "order-events",
          subject: "order/1",
          key: "1",
          data: { orderId: "01000000-0000-7000-8000-000000000000", customerId: "01000000-0000-7000-8000-000000000000", completedAt: "2026-01-01T00:00:00Z" },
        },
        sequence: 1,
        cause: { correlationId: "c" },
      },
    ]);
    // un-awaited pipelining
    const r = await Promise.all([
      tx.query("select 1 as a"),
      tx.query("select 2 as a"),
    ]);
    console.log(r);
  });
  console.log(await db.query("select * from outbox"));
  // deadlock / write conflict at COMMIT etc.
  console.log(
    await prisma
      .$transaction(async (c) => {
        await prismaTx(c).query("select 1/0");
      })
      .catch((e) => [e.code, e.meta, e.message]),
  );
  await prisma.$disconnect();
  console.log(await db.query("select 1 as still"), db.stats());
  await db.stop!();
} finally {
  await s.stop!();
}
