import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase } from "@cartwright/database/open-database";
import { postmasterOf } from "@cartwright/database/postmaster";
import { seconds } from "@cartwright/kernel/duration";
import type { Fault } from "../chaos.ts";
import { outcome } from "./broker-faults.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import type { Surroundings } from "./surroundings.ts";

type Given = () => Surroundings;

/** As after a crash: no goodbye to anybody, and recovery from the log at the start. */
export const postgresRestarted = (given: Given): Fault => ({
  id: "F33",
  name: "postgres-restarted",
  about:
    "Postgres stopped at once in the middle of everything, and started again",
  async run(chaos) {
    const { postgres, postgresFolder } = given();
    const pid = postmasterOf(postgresFolder)?.pid;
    if (pid === undefined) throw new Error("Postgres is not running.");
    process.kill(pid, "SIGQUIT");
    while (postmasterOf(postgresFolder)?.pid === pid) await sleep(20);
    await postgres.start?.();
    return outcome(chaos, 1);
  },
});

const storms = 10;

/** All of the services' connections closed by the administrator, again and again. */
export const connectionsTerminated = (): Fault => ({
  id: "F33",
  name: "connections-terminated",
  about: `every connection of every service terminated, ${storms} times in ${storms} s`,
  async run(chaos) {
    let terminated = 0;
    for (let storm = 0; storm < storms; storm += 1) {
      const [row] = await chaos.platform.sql<{ count: number }>(
        `SELECT count(pg_terminate_backend(pid))::int AS count FROM pg_stat_activity
         WHERE backend_type = 'client backend' AND usename <> 'postgres'`,
      );
      terminated += row?.count ?? 0;
      await sleep(seconds(1));
    }
    return outcome(chaos, terminated);
  },
});

const cuts = 40;

/** The outcome of a COMMIT stays unknown to whoever sent it. */
export const commitsCut = (given: Given): Fault => ({
  id: "F32",
  name: "commits-cut",
  about: `${cuts} connections cut during COMMIT`,
  async run(chaos) {
    const { commits } = given();
    const before = commits.cuts();
    const cut = await oneAtATime(cuts, commits);
    const now = commits.cuts();
    const { recoveries } = await outcome(chaos, cut);
    const notes = [
      `${now.before - before.before} before the server had the COMMIT, ${now.after - before.after} after it had committed`,
    ];
    return { injected: cut, recoveries, notes };
  },
});

const openFor = seconds(60);
const lockedFor = seconds(10);

/** Nobody can vacuum past the one, and nobody else can move the order that the other holds. */
export const transactionsOpen = (given: Given): Fault => ({
  id: "F37",
  name: "transactions-open",
  about: `a writing transaction of another schema left open for ${openFor / 1_000} s, meanwhile an order's row locked for ${lockedFor / 1_000} s`,
  async run(chaos, others) {
    const url = given().postgres.url();
    const db = openDatabase({ url, schema: "public", maxConnections: 2 });
    const hold = (statement: string, end: Promise<unknown>) =>
      db.transaction(async (tx) => {
        await tx.query("SET LOCAL idle_in_transaction_session_timeout = 0");
        await tx.query(statement);
        await end;
      });
    try {
      await db.query("CREATE TABLE IF NOT EXISTS chaos.held (n int)");
      const writing = hold("INSERT INTO chaos.held VALUES (1)", sleep(openFor));
      const beside = await chaos.canary();
      await hold(newestOrder, sleep(lockedFor));
      const unlocked = await chaos.canary();
      await others();
      await writing;
      chaos.faultEnded();
      const notes = [
        `orders placed beside the open transaction took ${(beside / 1_000).toFixed(1)} s`,
      ];
      return { injected: 2, recoveries: [unlocked], notes };
    } finally {
      await db.stop?.();
    }
  },
});

const newestOrder = `SELECT FROM "order".orders WHERE status = 'pending'
  ORDER BY created_at DESC LIMIT 1 FOR UPDATE`;
