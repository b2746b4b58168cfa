import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "@cartwright/database/open-database";
import { tidy } from "@cartwright/messaging/maintenance";
import pg from "pg";
import { rowText } from "./row-text.ts";
import { txOn, type Session, type World } from "./world.ts";

/** Short, so that a cycle is found by whoever closed it before anybody else comes. */
export const deadlockTimeout = 4;

/** No call of a trace takes so long. */
const patience = 3_000;

/** Rows of the migrations, and what no statement of a trace touches. */
const untouched = new Set(["templates", "warehouses", "migrations"]);

/** A service's schema in a real Postgres; `adminUrl` may look at everybody's waiting, and empty tables. */
export async function realWorld(
  db: Database,
  adminUrl: string,
  sessionCount: number,
): Promise<World & { close(): Promise<void> }> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`SET search_path TO "${db.schema}"`);
  await tidy(db); // makes the inbox's partitions, which the simulated one has from the start
  const clients = await Promise.all(
    Array.from({ length: sessionCount }, () => db.pool.connect()),
  );
  const pids = await Promise.all(clients.map(pidOf));
  const tables = await namesOf(admin, db.schema, ["r", "p"]);
  const sequences = await namesOf(admin, db.schema, ["S"]);
  const everything = {
    name: "everything",
    text: tables
      .map(
        (name) =>
          `SELECT '${name}' AS name, to_jsonb(one) AS row FROM ${name} AS one`,
      )
      .join(" UNION ALL "),
  };

  return {
    sessions: clients.map(sessionOn),
    async settle(pending, answered) {
      const deadline = performance.now() + patience;
      while (pending().length > 0) {
        if (performance.now() > deadline)
          throw new Error("Postgres neither answers nor waits for a lock.");
        await Promise.race([answered, sleep(1)]);
        if (pending().length === 0) return;
        const [asked, waiting] = [pending(), await blockers(admin, pids)];
        if (asked.some((one) => !waiting.has(one))) continue;
        // The wait is seen for what it is before anybody else comes: a circle is broken by who closed it.
        await admin.query("SELECT pg_sleep($1)", [(deadlockTimeout + 3) / 1e3]);
        const still = await blockers(admin, pids);
        if (pending().every((one) => still.has(one)) && !hasCircle(still))
          return;
      }
    },
    async contents() {
      const { rows } = await admin.query<TableRow>(everything);
      const contents = new Map<string, string[]>();
      for (const { name, row } of rows) {
        const known = contents.get(name) ?? [];
        contents.set(name, [...known, rowText(row, Date.now())]);
      }
      for (const texts of contents.values()) texts.sort();
      return contents;
    },
    async reset() {
      await admin.query(
        "SELECT pg_cancel_backend(pid) FROM unnest($1::int[]) AS pid",
        [pids],
      );
      await Promise.all(clients.map((client) => client.query("ROLLBACK")));
      const deletions = tables.map((table) => `DELETE FROM ${table}`);
      const restarts = sequences.map(
        (name) => `SELECT setval('${name}', 1, false)`,
      );
      await admin.query([...deletions, ...restarts].join(";"));
    },
    async close() {
      for (const client of clients) client.release(true);
      await admin.end();
    },
  };
}

async function pidOf(client: pg.PoolClient): Promise<number> {
  const { rows } = await client.query<{ pid: number }>(
    "SELECT pg_backend_pid() AS pid",
  );
  return rows[0]?.pid ?? 0;
}

const sessionOn = (client: pg.PoolClient): Session => ({
  tx: txOn({
    query: async (statement, values) => {
      const config =
        typeof statement === "string" ? { text: statement } : statement;
      return (await client.query<object>({ ...config, values: [...values] }))
        .rows;
    },
  }),
  control: async (command) => (await client.query(command)).command,
});

/** Who waits for whom. One whose answer is on its way does not wait. */
async function blockers(
  admin: pg.Client,
  pids: readonly number[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const { rows } = await admin.query<{ pid: number; by: number[] }>(
    `SELECT pid, pg_blocking_pids(pid) AS by FROM unnest($1::int[]) AS pid
     WHERE cardinality(pg_blocking_pids(pid)) > 0`,
    [pids],
  );
  return new Map(
    rows.map(({ pid, by }) => [
      pids.indexOf(pid),
      by.map((other) => pids.indexOf(other)),
    ]),
  );
}

/** Postgres will break it, however late. */
function hasCircle(waiting: ReadonlyMap<number, readonly number[]>): boolean {
  const leadsTo = (from: number, to: number, seen: Set<number>): boolean =>
    (waiting.get(from) ?? []).some(
      (next) =>
        next === to || (!seen.has(next) && leadsTo(next, to, seen.add(next))),
    );
  return [...waiting.keys()].some((one) => leadsTo(one, one, new Set()));
}

/** Payments come last, since transfers refer to them. */
async function namesOf(
  admin: pg.Client,
  schema: string,
  kinds: readonly string[],
): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = $1::regnamespace AND relkind = ANY ($2::"char"[]) AND NOT relispartition
     ORDER BY relname = 'payments', relname`,
    [`"${schema}"`, kinds],
  );
  return rows
    .map(({ name }) => name)
    .filter((name) => !untouched.has(name) && !name.startsWith("_"));
}

type TableRow = { readonly name: string; readonly row: object };
