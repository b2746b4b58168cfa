import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../images/proof/shell.ts";
import { infra } from "../tools.ts";
import { certificates, type Certificates } from "./certificates.ts";

/** PostgreSQL and Kafka beside the cluster, as somebody else would run them: over TLS, with passwords. */
export type Stores = {
  readonly ca: string;
  readonly address: string;
  readonly ports: { readonly postgres: number; readonly kafka: number };
  stop(): Promise<void>;
};

/** Passwords: the superuser's, the administrator's of Kafka, and those of Kafka's users by name. */
export type Accounts = {
  readonly postgres: string;
  readonly kafka: string;
  readonly principals: Readonly<Record<string, string>>;
};

const ports = { postgres: 25_432, kafka: 29_092 };

export async function startStores(
  folder: string,
  address: string,
  accounts: Accounts,
): Promise<Stores> {
  const files = await certificates(folder, address);
  const given = { folder, address, accounts, files };
  const { kafka, postgres } = scripts(given);
  const stop = async () => {
    const ends = [kafka("wipe"), postgres("stop")];
    await Promise.allSettled(ends);
  };
  try {
    await startPostgres(folder, postgres);
    await kafka("start");
  } catch (error) {
    await stop();
    throw error;
  }
  return { ca: files.ca, address, ports, stop };
}

type Script = (...args: string[]) => Promise<string>;

/** It listens to pods too, over TLS alone. */
async function startPostgres(folder: string, postgres: Script): Promise<void> {
  await postgres("install");
  await run("chown", ["-R", "postgres", join(folder, "postgres-tls")]);
  await run("chmod", ["o+x", folder]);
  await postgres("start");
  const rules = join(folder, "postgres/data/pg_hba.conf");
  await appendFile(rules, "hostssl all all 0.0.0.0/0 scram-sha-256\n");
  await postgres("psql", "-c", "SELECT pg_reload_conf()");
  await postgres("psql", "-c", "CREATE DATABASE cartwright");
}

type Given = {
  readonly folder: string;
  readonly address: string;
  readonly accounts: Accounts;
  readonly files: Certificates;
};

function scripts({ folder, address, accounts, files }: Given) {
  const script =
    (name: string, environment: Record<string, string>): Script =>
    (...args) =>
      run(join(infra, `${name}.sh`), args, { environment });
  const { certificate, key } = files.postgres;
  const inner = `BROKER://127.0.0.1:${ports.kafka + 3}`;
  const controller = `CONTROLLER://127.0.0.1:${ports.kafka + 6}`;
  return {
    postgres: script("postgres", {
      POSTGRES_PORT: String(ports.postgres),
      POSTGRES_RUN: join(folder, "postgres"),
      POSTGRES_PASSWORD: accounts.postgres,
      POSTGRES_OPTIONS: `listen_addresses=* max_connections=200 ssl=on ssl_cert_file=${certificate} ssl_key_file=${key}`,
    }),
    kafka: script("kafka", {
      KAFKA_SECURE: "1",
      KAFKA_PORT: String(ports.kafka),
      KAFKA_RUN: files.kafka,
      KAFKA_ADMIN_PASSWORD: accounts.kafka,
      KAFKA_USERS: Object.entries(accounts.principals)
        .map(([user, password]) => `${user}:${password}`)
        .join(" "),
      KAFKA_EXTRA:
        `listeners=CLIENT://0.0.0.0:${ports.kafka},${inner},${controller} ` +
        `advertised.listeners=CLIENT://${address}:${ports.kafka},${inner}`,
    }),
  };
}
