import { migrate } from "@cartwright/database/migrate";
import type { Platform } from "../../support/platform.ts";
import { databaseFigures } from "../database-figures.ts";
import {
  rowsBetween,
  rowsByTable,
  type RowsByTable,
} from "../table-figures.ts";
import { usageOf, usedBetween } from "../usage.ts";
import type { Specimen } from "./capture.ts";
import { readColumns } from "./columns.ts";
import { placingProgram } from "./program.ts";
import {
  makeRoom,
  openSession,
  valuesOf,
  type Choices,
  type Session,
} from "./session.ts";

/** How fast Postgres alone makes an order's rows. */
export type LimitFigures = {
  readonly ordersPerSecond: number;
  /** Milliseconds of CPU of Postgres. */
  readonly cpuPerOrder: number;
  readonly commitsPerOrder: number;
  readonly walPerOrder: number;
  /** Rows that were inserted, updated and deleted for all of the orders together. */
  readonly rows: RowsByTable;
  readonly orders: number;
};

export type Limit = {
  run(seconds: number): Promise<LimitFigures>;
  drop(): Promise<void>;
};

const database = "bench_limit";
const ordersPerBatch = 100;
const clients = 2;
/** So many batches make the plans that later ones use. */
const warmUps = 6;

/**
 * A database beside the platform's, with the very same tables, in which two connections make the rows of
 * 100 orders at a time: no client, no JSON, no bus.
 */
export async function openLimit(
  platform: Platform,
  specimen: Specimen,
  choices: Choices,
): Promise<Limit> {
  await platform.sql(`CREATE DATABASE ${database}`);
  const url = new URL(platform.databaseUrl);
  url.pathname = `/${database}`;
  await migrate({ adminUrl: url.href });
  const sessions = await Promise.all(
    Array.from({ length: clients }, () => openSession(url.href)),
  );
  const place = (db: Session) =>
    db.query(
      `CALL bench.place(${ordersPerBatch}, $1, $2, $3)`,
      valuesOf(choices),
    );
  await prepare(sessions, await programOf(platform, specimen), choices, place);
  return {
    run: (seconds) => run(platform, sessions, seconds, place),
    async drop() {
      await Promise.all(sessions.map((db) => db.close()));
      await platform.sql(`DROP DATABASE ${database} WITH (FORCE)`);
    },
  };
}

const programOf = async (platform: Platform, specimen: Specimen) =>
  placingProgram(specimen, await readColumns(platform));

/** Plans are made for tables that have rows, as they are in a shop that is not new. */
async function prepare(
  sessions: readonly Session[],
  program: string,
  choices: Choices,
  place: (db: Session) => Promise<unknown>,
): Promise<void> {
  const [first] = sessions;
  if (!first) return;
  await makeRoom(first, 0);
  await first.query(program);
  await first.query(
    `CALL bench.share(${choices.productIds.length}, $1, $2, $3)`,
    valuesOf(choices),
  );
  for (let n = 0; n < warmUps; n += 1) await place(first);
  await first.query("ANALYZE");
  await Promise.all(sessions.map(place));
}

async function run(
  platform: Platform,
  sessions: readonly Session[],
  seconds: number,
  place: (db: Session) => Promise<unknown>,
): Promise<LimitFigures> {
  const look = async () => ({
    usage: await usageOf(platform),
    figures: await databaseFigures(platform),
    rows: await rowsOf(sessions),
    at: performance.now(),
  });
  const before = await look();
  let orders = 0;
  await Promise.all(
    sessions.map(async (db) => {
      while (performance.now() < before.at + seconds * 1_000) {
        await place(db);
        orders += ordersPerBatch;
      }
    }),
  );
  const after = await look();
  const used = usedBetween(before.usage, after.usage);
  // Its dirty pages are not to be the next run's.
  await sessions[0]?.query("CHECKPOINT");
  return {
    ordersPerSecond: (orders * 1_000) / (after.at - before.at),
    cpuPerOrder:
      (used.find(({ name }) => name === "postgres")?.cpu ?? 0) / orders,
    commitsPerOrder: (after.figures.commits - before.figures.commits) / orders,
    walPerOrder: (after.figures.walBytes - before.figures.walBytes) / orders,
    rows: rowsBetween(before.rows, after.rows),
    orders,
  };
}

/** Each session hands in what it has counted, else that would come a second later. */
async function rowsOf(sessions: readonly Session[]): Promise<RowsByTable> {
  for (const db of sessions) {
    await db.query("SELECT pg_stat_force_next_flush()::text");
    await db.query("SELECT 1");
  }
  const [first] = sessions;
  return first ? rowsByTable({ sql: (text) => first.query(text) }) : new Map();
}
