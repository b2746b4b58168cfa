import { postgresServer } from "@cartwright/database/postgres-server";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

const home = mkdtempSync(join(tmpdir(), "cartwright-postgres-"));
const folder = join(home, "data");
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<object>(sql)).rows;
  } finally {
    await client.end();
  }
}

const pidFile = () => join(folder, "postmaster.pid");
const pidOf = () => Number(readFileSync(pidFile(), "utf8").split("\n")[0]);

/** Starts the server in a process of its own, which then dies without a word. */
async function startAndDie(): Promise<void> {
  const script = `
    import { postgresServer } from "@cartwright/database/postgres-server";
    const server = postgresServer({ folder: ${JSON.stringify(folder)}, port: 0 });
    await server.start();
    process.kill(process.pid, "SIGKILL");`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    cwd: import.meta.dirname,
    stdio: "inherit",
  });
  await once(child, "exit");
  expect(child.signalCode).toBe("SIGKILL");
}

describe("a Postgres of our own", () => {
  it("finds yesterday's data on its second start", async () => {
    const first = postgresServer({ folder, port: 0 });
    await first.start?.();
    await query(
      first.url(),
      "CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer",
    );
    await first.stop?.();

    const second = postgresServer({ folder, port: 0 });
    await second.start?.();
    expect(await query(second.url(), "SELECT answer FROM kept")).toEqual([
      { answer: 42 },
    ]);
    await second.stop?.();
  });

  it("takes over the server that a killed process has left running", async () => {
    await startAndDie();
    const orphan = pidOf();
    const server = postgresServer({ folder, port: 0 });
    await server.start?.();
    expect(pidOf()).toBe(orphan);
    expect(await query(server.url(), "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await server.stop?.();
    expect(pidOf).toThrow("ENOENT");
  });

  it("replaces the server that a killed process has left running with other settings", async () => {
    await startAndDie();
    const orphan = pidOf();
    const server = postgresServer({
      folder,
      port: 0,
      settings: { work_mem: "5MB" },
    });
    await server.start?.();
    expect(pidOf()).not.toBe(orphan);
    expect(await query(server.url(), "SHOW work_mem")).toEqual([
      { work_mem: "5MB" },
    ]);
    await server.stop?.();
  });

  it("recovers when the server itself was killed, whoever has its process id now", async () => {
    const first = postgresServer({ folder, port: 0 });
    await first.start?.();
    await query(
      first.url(),
      "CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer",
    );
    const stale = readFileSync(pidFile(), "utf8");
    await first.stop?.();
    writeFileSync(pidFile(), stale.replace(/^\d+/, String(process.pid)));

    const second = postgresServer({ folder, port: 0 });
    await second.start?.();
    expect(await query(second.url(), "SELECT answer FROM kept")).toEqual([
      { answer: 42 },
    ]);
    await second.stop?.();
  });

  it("says in a sentence that its port is taken", async () => {
    const occupant = createServer().listen(0, "127.0.0.1");
    await once(occupant, "listening");
    const { port } = occupant.address() as AddressInfo;
    const server = postgresServer({ folder, port });
    await expect(server.start?.()).rejects.toThrow(
      `Port ${port} is taken, so the database cannot listen on it.`,
    );
    occupant.close();
  });
});
