import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  openDatabase,
  type Database,
} from "@cartwright/database/open-database";
import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import { freePorts } from "./free-ports.ts";
import { startProcess, type RunningProcess } from "./process.ts";

export type Mode = "embedded" | "kafka";

/** A running platform, started for a test or a measurement, with data of its own. */
export type Platform = {
  readonly mode: Mode;
  readonly processes: 1 | 9;
  /** Of the gateway. */
  readonly url: string;
  /** Connection string of the database's administrator. */
  readonly databaseUrl: string;
  /** The process that was started; its children are the rest. */
  pid(): number;
  /** As the database's administrator. */
  sql<Row extends object = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<Row[]>;
  /** SIGKILL: no goodbye. The database lives on. */
  kill(): Promise<void>;
  /** Starts again what was killed, and waits until it answers. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

export type PlatformOptions = {
  readonly mode: Mode;
  readonly processes: 1 | 9;
  readonly environment?: Readonly<Record<string, string>>;
};

const startsWithin = seconds(90);

export async function startPlatform({
  mode,
  processes,
  environment,
}: PlatformOptions): Promise<Platform> {
  const folder = mkdtempSync(join(tmpdir(), "cartwright-e2e-"));
  const [port, postgresPort, providerPort] = await freePorts(3);
  const url = `http://127.0.0.1:${port}`;
  const variables = {
    PORT: String(port),
    POSTGRES_PORT: String(postgresPort),
    PROVIDER_PORT: String(providerPort),
    DATA_FOLDER: folder,
    ...environment,
  };
  let main: RunningProcess = start();
  let db: Database | undefined;
  await ready();
  const databaseUrl = adminUrl(folder, Number(postgresPort));
  db = openDatabase({ url: databaseUrl, schema: "public", maxConnections: 3 });

  function start(): RunningProcess {
    return startProcess("apps/all-in-one/src/main.ts", variables);
  }
  async function ready(): Promise<void> {
    const answers = eventually(
      async () => {
        const { ok } = await fetch(`${url}/health/ready`);
        if (!ok) throw new Error("The gateway is not ready.");
      },
      { within: startsWithin, every: 50 },
    );
    await Promise.race([
      answers,
      main.ended.then(() => main.fail("ended before it was ready")),
    ]);
  }

  return {
    mode,
    processes,
    url,
    databaseUrl,
    pid: () => main.pid,
    sql: (text, values) => db.query(text, values),
    kill: () => main.stop("SIGKILL"),
    async restart() {
      main = start();
      await ready();
    },
    async stop() {
      await db.stop?.();
      await main.stop("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function adminUrl(folder: string, port: number): string {
  const file = join(folder, "postgres", "cartwright.password");
  if (!existsSync(file)) throw new Error(`There is no ${file}.`);
  return `postgresql://postgres:${readFileSync(file, "utf8")}@127.0.0.1:${port}/postgres`;
}
