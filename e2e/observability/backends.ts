import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@cartwright/testing/free-ports";
import { startLoki } from "./loki.ts";
import { startAlertmanager, startPrometheus } from "./prometheus-server.ts";
import type { Server } from "./server.ts";
import { component, infra } from "./tools.ts";

/** The real components, with the project's own configurations. */
export type Backends = {
  /** OTLP/HTTP of the collector. */
  readonly otlp: string;
  /** Jaeger's query API. */
  readonly jaeger: string;
  readonly prometheus: string;
  readonly loki: string;
  /** The first of nine ports where the platform has to show its metrics. */
  readonly metricsPort: number;
  /** Has Prometheus read these ports, and no others. */
  scrape(ports: readonly number[]): void;
  stop(): Promise<void>;
};

export async function startBackends(): Promise<Backends> {
  const folder = mkdtempSync(join(tmpdir(), "cartwright-observability-"));
  const first = await freePorts(20);
  const port = (n: number): string => String(first + n);
  const url = (n: number): string => `http://127.0.0.1:${first + n}`;
  const jaeger = {
    COLLECTOR_RUN: join(folder, "jaeger"),
    JAEGER_HOST: "127.0.0.1",
    JAEGER_QUERY_PORT: port(0),
    JAEGER_GRPC_PORT: port(1),
    JAEGER_OTLP_HTTP_PORT: port(2),
    JAEGER_OTLP_GRPC_PORT: port(3),
    JAEGER_HEALTH_PORT: port(4),
  };
  const collector = {
    COLLECTOR_RUN: join(folder, "collector"),
    COLLECTOR_HOST: "127.0.0.1",
    COLLECTOR_HTTP_PORT: port(5),
    COLLECTOR_GRPC_PORT: port(6),
    JAEGER_OTLP_ENDPOINT: url(2),
    LOKI_OTLP_ENDPOINT: `${url(9)}/otlp`,
  };
  const started: Server[] = [];
  const stop = async () => {
    for (const server of started.reverse()) await server.stop();
    await component("collector", ["stop"], collector);
    await component("collector", ["stop"], jaeger);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const config = (name: string) => join(infra, name);
    started.push(await startLoki(join(folder, "loki"), first + 9));
    await component(
      "collector",
      ["start", config("jaeger/jaeger.yaml")],
      jaeger,
    );
    await component(
      "collector",
      ["start", config("otel-collector/config.yaml")],
      collector,
    );
    await component("prometheus", ["install"]);
    started.push(await startAlertmanager(folder, first + 8));
    const prometheusFile = prometheusConfig(folder, first + 8);
    started.push(await startPrometheus(prometheusFile, folder, first + 7));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    otlp: url(5),
    jaeger: url(0),
    prometheus: url(7),
    loki: url(9),
    metricsPort: first + 11,
    scrape: (ports) => scrape(folder, ports),
    stop,
  };
}

/** The project's own, but that it looks every two seconds and at this machine. */
function prometheusConfig(folder: string, alertmanagerPort: number): string {
  const copy = configIn(folder);
  cpSync(join(infra, "prometheus"), copy, { recursive: true });
  const path = join(copy, "prometheus.yml");
  const text = readFileSync(path, "utf8")
    .replaceAll("15s", "2s")
    .replace("alertmanager:9093", `127.0.0.1:${alertmanagerPort}`);
  writeFileSync(path, text);
  rmSync(join(copy, "targets"), { recursive: true });
  mkdirSync(join(copy, "targets"));
  return path;
}

const configIn = (folder: string): string => join(folder, "prometheus-config");

/** Prometheus notices the change by itself. */
function scrape(folder: string, ports: readonly number[]): void {
  const targets = ports.map((port) => `127.0.0.1:${port}`);
  writeFileSync(
    join(configIn(folder), "targets/here.json"),
    JSON.stringify([{ targets }]),
  );
}
