import { seconds, type Duration } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import { periodically } from "@cartwright/kernel/periodically";
import pg from "pg";

/** One of those whose locks a connection waits for. */
export type LockHolder = {
  /** The table that is waited for; null where it is something else, such as the end of a transaction. */
  readonly relation: string | null;
  readonly pid: number;
  readonly user: string | null;
  readonly application: string | null;
  readonly state: string | null;
  /** Age of its transaction in seconds. */
  readonly since: number | null;
};

/** Who keeps a connection waiting. */
export type LockWatch = Part & {
  /** Those seen when it last waited. */
  last(): readonly LockHolder[];
};

type WatchOptions = {
  /** Connection string of a role that sees all activity. */
  readonly adminUrl: string;
  /** The connection that may have to wait; asked once, at the start, which server process it has. */
  readonly watched: pg.Client;
  readonly every: Duration;
};

/**
 * Asks while the connection waits, over one of its own: the server says who holds a lock only as long as somebody
 * waits for it. What cannot be asked stays unknown, and hinders nobody.
 */
export function watchLocks(options: WatchOptions): LockWatch {
  const { adminUrl, watched, every } = options;
  let pid = 0;
  let isConnected = false;
  let seen: readonly LockHolder[] = [];
  const client = new pg.Client({
    connectionString: adminUrl,
    application_name: "migrate-watch",
    connectionTimeoutMillis: seconds(3),
  });
  client.on("error", () => undefined);
  const asking = periodically({
    name: "lock watch",
    every,
    before: async () => {
      pid = await processOf(watched);
      isConnected = await client.connect().then(
        () => true,
        () => false,
      );
    },
    work: async () => {
      if (!isConnected) return;
      const { rows } = await client.query<LockHolder>(holders, [pid]);
      if (rows.length > 0) seen = rows;
    },
    failed: () => undefined,
  });
  return {
    ...asking,
    last: () => seen,
    async stop() {
      await asking.stop?.();
      if (isConnected) await client.end();
    },
  };
}

async function processOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>(
    "SELECT pg_backend_pid() AS pid",
  );
  return rows[0]?.pid ?? 0;
}

/** Nobody unless the lock that is waited for is seen in the same look: the wait may end at any moment. */
const holders = `
  SELECT waiting.relation::regclass::text AS relation,
    holder.pid, usename AS user, application_name AS application, state,
    extract(epoch FROM now() - xact_start)::int AS since
  FROM pg_locks AS waiting JOIN pg_stat_activity AS holder ON holder.pid = ANY (pg_blocking_pids(waiting.pid))
  WHERE waiting.pid = $1 AND NOT waiting.granted ORDER BY xact_start`;

/** As the end of a sentence about who waited. */
export function waitedFor(holders: readonly LockHolder[]): string {
  const [first] = holders;
  if (!first) return "waited in vain for a lock, and who holds it is not known";
  const what =
    first.relation === null
      ? "another transaction to end"
      : `a lock on ${first.relation}`;
  return `waited in vain for ${what}, because of ${holders.map(named).join(" and ")}`;
}

const named = ({ pid, user, application, state, since }: LockHolder): string =>
  `process ${pid} (${application ?? ""} as ${user ?? ""}, ${state ?? ""}, in its transaction for ${since ?? 0} s)`;
