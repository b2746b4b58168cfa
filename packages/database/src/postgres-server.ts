import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Part } from "@cartwright/kernel/part";
import {
  identityOf,
  initialise,
  postgresBinaries,
  runnerFor,
} from "./postgres-files.ts";
import {
  claim,
  isAlive,
  lastOptions,
  postmasterOf,
  release,
  stopPostmaster,
  survivorIn,
} from "./postmaster.ts";

export type PostgresServerOptions = {
  /** Where the data lies; made on the first start, found again on the next. */
  readonly folder: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Server settings beside our own, for instance `{ fsync: "off" }`. */
  readonly settings?: Readonly<Record<string, string>>;
};

export type PostgresServer = Part & {
  /** The administrator's connection string. Known after the start. */
  url(database?: string): string;
};

const ourSettings = {
  listen_addresses: "127.0.0.1",
  max_connections: "120",
  jit: "off",
  shared_buffers: "256MB",
  // With 1 GB, busy minutes would each end in a checkpoint, after which every page is logged whole.
  max_wal_size: "2GB",
  // It costs a system call for each statement.
  update_process_title: "off",
};

/** A real PostgreSQL of our own: started with us, stopped with us, its data kept. */
export function postgresServer(options: PostgresServerOptions): PostgresServer {
  const folder = resolve(options.folder);
  const sockets = socketFolder(folder);
  const settings = {
    ...ourSettings,
    unix_socket_directories: sockets ?? "",
    ...options.settings,
  };
  let running: { readonly pid: number; readonly port: number } | undefined;
  /** When the process ends without stopping its parts, the server is at least told to. */
  const tell = () => {
    if (running && isAlive(running.pid)) process.kill(running.pid, "SIGINT");
  };

  return {
    name: "postgres",
    async start() {
      if (!existsSync(folder)) await create(folder);
      claim(folder);
      running =
        (await adopt(folder, options.port, settings)) ??
        (await launch(folder, options.port, settings));
      process.once("exit", tell);
    },
    async stop() {
      process.removeListener("exit", tell);
      if (running) await stopPostmaster(folder, running.pid);
      running = undefined;
      release(folder);
    },
    url(database = "postgres") {
      if (!running) throw new Error("The database server is not running.");
      const password = readFileSync(passwordFile(folder), "utf8");
      const url = new URL(
        `postgresql://postgres:${password}@127.0.0.1:${running.port}/${database}`,
      );
      if (sockets !== undefined) url.searchParams.set("host", sockets);
      return url.href;
    },
  };
}

/**
 * Where the server also listens on a Unix socket, which costs a quarter less CPU than TCP on the same
 * machine. Undefined where there are none, or the path is longer than the system allows.
 */
const socketFolder = (folder: string): string | undefined =>
  process.platform === "win32" || `${folder}/.s.PGSQL.65535`.length > 100
    ? undefined
    : folder;

const passwordFile = (folder: string) => join(folder, "cartwright.password");
const logFile = (folder: string) => join(folder, "cartwright.log");

/** Elsewhere first and moved when complete, so that a folder is either absent or whole. */
async function create(folder: string): Promise<void> {
  const draft = `${folder}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  const binaries = await postgresBinaries();
  const runner = runnerFor([binaries.initdb, draft].map(dirname));
  const password = randomBytes(18).toString("hex");
  await initialise(draft, { binaries, runner, password });
  writeFileSync(passwordFile(draft), password, { mode: 0o600 });
  renameSync(draft, folder);
}

type Settings = Readonly<Record<string, string>>;

const argumentsOf = (
  folder: string,
  port: number,
  settings: Settings,
): string[] => [
  "-D",
  folder,
  ...Object.entries({ port, ...settings }).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]),
];

/** A server that outlived its process is taken over when it is as wanted, else stopped. */
async function adopt(folder: string, port: number, settings: Settings) {
  const survivor = survivorIn(folder);
  if (!survivor) return undefined;
  const wanted = argumentsOf(
    folder,
    port === 0 ? survivor.port : port,
    settings,
  );
  const asWanted = wanted.every((argument) =>
    lastOptions(folder).includes(`"${argument}"`),
  );
  if (survivor.ready && asWanted) return survivor;
  await stopPostmaster(folder, survivor.pid);
  return undefined;
}

async function launch(folder: string, wantedPort: number, settings: Settings) {
  const port = await freePort(wantedPort);
  const { postgres } = await postgresBinaries();
  const runner = runnerFor([postgres, folder].map(dirname));
  const [program, args] = runner.command(
    postgres,
    argumentsOf(folder, port, settings),
  );
  const log = openSync(logFile(folder), "w");
  const child = spawn(program, args, {
    ...identityOf(runner),
    detached: true, // a Ctrl-C in the terminal is for us; we stop the server last
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  await once(child, "spawn");
  child.unref();
  return { pid: await ready(child, folder), port };
}

async function ready(child: ChildProcess, folder: string): Promise<number> {
  for (;;) {
    const postmaster = postmasterOf(folder);
    if (postmaster?.ready && postmaster.pid === child.pid)
      return postmaster.pid;
    if (child.exitCode !== null || child.signalCode !== null) {
      const log = readFileSync(logFile(folder), "utf8").trim();
      throw new Error(`Postgres did not start:\n${log}`);
    }
    await sleep(10);
  }
}

/** The port itself, or a free one for 0; a taken one is said in a sentence. */
function freePort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new Error(
              `Port ${port} is taken, so the database cannot listen on it.`,
            )
          : error,
      );
    });
    probe.listen(port, "127.0.0.1", () => {
      const chosen = (probe.address() as AddressInfo).port;
      probe.close(() => resolve(chosen));
    });
  });
}
