import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startServer, type Server } from "./server.ts";
import { infra, root } from "./tools.ts";

/** What compose switches on. Prometheus forgets exemplars unless it is told to keep them. */
function features(): string[] {
  const compose = readFileSync(join(root, "docker-compose.yml"), "utf8");
  return [...compose.matchAll(/--enable-feature=[\w,-]+/g)].map(
    ([flag]) => flag,
  );
}

/** Prometheus, keeping its data in `folder`. */
export const startPrometheus = (
  config: string,
  folder: string,
  port: number,
): Promise<Server> =>
  startServer({
    name: "Prometheus",
    file: "prometheus",
    args: [
      ...["--config.file", config],
      ...["--storage.tsdb.path", join(folder, "prometheus")],
      ...["--web.listen-address", `127.0.0.1:${port}`],
      ...features(),
    ],
    ready: `http://127.0.0.1:${port}/-/ready`,
  });

/** Alertmanager with the project's own configuration, as Debian names it. */
export const startAlertmanager = (
  folder: string,
  port: number,
): Promise<Server> =>
  startServer({
    name: "Alertmanager",
    file: "prometheus-alertmanager",
    args: [
      ...["--config.file", join(infra, "alertmanager/alertmanager.yml")],
      ...["--storage.path", join(folder, "alertmanager")],
      ...["--web.listen-address", `127.0.0.1:${port}`],
      "--cluster.listen-address=",
    ],
    ready: `http://127.0.0.1:${port}/-/ready`,
  });
