import { isRetryable } from "@cartwright/database/is-retryable";
import { openDatabase } from "@cartwright/database/open-database";
import { newId } from "@cartwright/kernel/ids";
import { eventually } from "@cartwright/testing/eventually";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { catalogDb } from "../src/db/catalog-db.ts";
import type { Prisma, PrismaClient } from "../src/db/generated/client.ts";

let database: TestDatabase;
let prisma: PrismaClient;
beforeAll(async () => {
  database = await testDatabase("catalog");
  prisma = await catalogDb(database.db).prisma();
});
afterAll(() => database.stop());

type Client = Prisma.TransactionClient;
type Touch = (client: Client, name: string) => Promise<unknown>;

/** The two ways to write with Prisma. */
const throughAModel: Touch = (client, name) =>
  client.lease.update({ where: { name }, data: { token: { increment: 1 } } });
const inSql: Touch = (client, name) =>
  client.$executeRawUnsafe(
    "UPDATE leases SET token = token + 1 WHERE name = $1",
    name,
  );

/** Two rows that nobody else touches. */
async function twoRows(): Promise<[string, string]> {
  const names: [string, string] = [newId(), newId()];
  for (const name of names)
    await prisma.lease.create({
      data: { name, holder: newId(), token: 1, expiresAt: new Date() },
    });
  return names;
}

const failuresOf = async (...work: Promise<unknown>[]): Promise<unknown[]> =>
  (await Promise.allSettled(work)).flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason as unknown] : [],
  );

/** Runs twice the same, each up to the barrier before either goes on. */
function together(
  work: (mine: number, barrier: () => Promise<void>) => Promise<unknown>,
): Promise<unknown>[] {
  const open = Promise.withResolvers<undefined>();
  let arrived = 0;
  const barrier = async () => {
    arrived += 1;
    if (arrived === 2) open.resolve(undefined);
    await open.promise;
  };
  return [work(0, barrier), work(1, barrier)];
}

const deadlock = async (touch: Touch) => {
  const rows = await twoRows();
  return together((mine, barrier) =>
    prisma.$transaction(async (tx) => {
      await touch(tx, rows[mine] ?? "");
      await barrier();
      await touch(tx, rows[1 - mine] ?? "");
    }),
  );
};

const conflictAtCommit = async (touch: Touch) => {
  const rows = await twoRows();
  return together((mine, barrier) =>
    prisma.$transaction(
      async (tx) => {
        await tx.$queryRawUnsafe("SELECT sum(token) FROM leases");
        await touch(tx, rows[mine] ?? "");
        await barrier();
      },
      { isolationLevel: "Serializable" },
    ),
  );
};

/** Waits for a row that another transaction holds, up to this limit. */
const waitingUnder = (limit: string) => async (touch: Touch) => {
  const [row] = await twoRows();
  const [failure] = await prisma.$transaction(async (holder) => {
    await touch(holder, row);
    return failuresOf(
      prisma.$transaction(async (tx) => {
        await tx.$executeRawUnsafe(`SET LOCAL ${limit} = '100ms'`);
        await touch(tx, row);
      }),
    );
  });
  if (!(failure instanceof Error)) throw new Error("It got the row.");
  return [Promise.reject(failure)];
};

const killedBackend = async (touch: Touch) => {
  const [row] = await twoRows();
  return [
    prisma.$transaction(async (tx) => {
      const [backend] = await tx.$queryRawUnsafe<{ pid: number }[]>(
        "SELECT pg_backend_pid() AS pid",
      );
      await database.db.query("SELECT pg_terminate_backend($1)", [
        backend?.pid,
      ]);
      await touch(tx, row);
    }),
  ];
};

const fullPool = async (touch: Touch) => {
  const [row] = await twoRows();
  const narrow = await catalogDb(database.open("catalog", 1)).prisma();
  return [
    narrow.$queryRawUnsafe("SELECT 1 FROM pg_sleep(3.3)").then(),
    touch(narrow, row),
  ];
};

const noServer = async (touch: Touch) => {
  const url = "postgres://nobody:nothing@127.0.0.1:1/none";
  const db = openDatabase({ url, schema: "catalog", maxConnections: 1 });
  return [touch(await catalogDb(db).prisma(), "")];
};

describe.each([
  ["a model's call", throughAModel],
  ["SQL", inSql],
])("Prisma, by %s", (_, touch) => {
  it.each([
    ["a deadlock", deadlock],
    ["a serialization failure that COMMIT finds", conflictAtCommit],
    ["a lock that is not to be had in time", waitingUnder("lock_timeout")],
    ["a statement that takes too long", waitingUnder("statement_timeout")],
    ["a connection that the server has closed", killedBackend],
    ["a pool without a free connection", fullPool],
    ["a server that cannot be reached", noServer],
  ])("names %s in a form that is tried again", async (_what, provoke) => {
    const [failure, ...others] = await failuresOf(...(await provoke(touch)));
    expect(others).toEqual([]);
    expect(failure).toBeInstanceOf(Error);
    expect(isRetryable(failure)).toBe(true);
  });
});

it("does not stop a running statement when its own timeout is over; the server's limits do", async () => {
  const [row] = await twoRows();
  const begun = performance.now();
  const [failure] = await failuresOf(
    prisma.$transaction(
      async (tx) => {
        await inSql(tx, row);
        await tx.$queryRawUnsafe("SELECT 1 FROM pg_sleep(1)");
        await inSql(tx, row);
      },
      { timeout: 200 },
    ),
  );
  expect(failure).toBeInstanceOf(Error);
  expect(performance.now() - begun).toBeGreaterThan(900);
  const left = await prisma.lease.findUnique({ where: { name: row } });
  expect(left?.token).toBe(1n);
  await expect(
    prisma.$queryRawUnsafe("SELECT 1 FROM pg_sleep(6)"),
  ).rejects.toThrow("statement timeout");
});

it("gives no connection back with a transaction still open on it when it could not begin in time", async () => {
  const db = database.open("catalog", 1);
  const narrow = await catalogDb(db).prisma();
  const long = narrow.$queryRawUnsafe("SELECT 1 FROM pg_sleep(1)").then();
  const [failure] = await failuresOf(
    narrow.$transaction((tx) => inSql(tx, "none"), { maxWait: 100 }),
  );
  expect(failure).toBeInstanceOf(Error);
  await long;
  await eventually(async () => {
    const [state] = await db.query<{ now: Date; begun: Date }>(
      "SELECT clock_timestamp() AS now, now() AS begun FROM pg_sleep(0.05)",
    );
    const [later] = await db.query<{ begun: Date }>("SELECT now() AS begun");
    expect(later?.begun.getTime()).toBeGreaterThan(
      state?.begun.getTime() ?? Infinity,
    );
  });
});

it("runs nothing until it is awaited", async () => {
  const [row] = await twoRows();
  const unawaited = prisma.lease.delete({ where: { name: row } });
  expect(await prisma.lease.count({ where: { name: row } })).toBe(1);
  await unawaited;
  expect(await prisma.lease.count({ where: { name: row } })).toBe(0);
});
