import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  postgresServer,
  type PostgresServer,
} from "@cartwright/database/postgres-server";

/** Nothing in a test survives a power cut anyway. */
const fast = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: "400",
};

let running:
  { readonly server: PostgresServer; readonly folder: string } | undefined;

/** One Postgres for the whole run, unless `TEST_DATABASE_URL` names one. */
export async function startTestServer(): Promise<void> {
  if (process.env.TEST_DATABASE_URL) return;
  const folder = mkdtempSync(join(tmpdir(), "cartwright-test-"));
  const server = postgresServer({
    folder: join(folder, "postgres"),
    port: 0,
    settings: fast,
  });
  await server.start?.();
  running = { server, folder };
  process.env.TEST_DATABASE_URL = server.url();
}

export async function stopTestServer(): Promise<void> {
  if (!running) return;
  await running.server.stop?.();
  rmSync(running.folder, { recursive: true, force: true });
}
