import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seconds } from "@cartwright/kernel/duration";
import { startServer, type Server } from "./server.ts";
import { command, component, infra } from "./tools.ts";

const config = join(infra, "loki/loki.yaml");
const binary = async (): Promise<string> =>
  (await component("gotool", ["loki"])).trim().split("\n").at(-1) ?? "";

export async function checkLokiConfig(): Promise<void> {
  await command(await binary(), ["-verify-config", "-config.file", config]);
}

/** Loki with the project's own configuration, but that it keeps its logs in `folder` and speaks to this machine only. */
export async function startLoki(folder: string, port: number): Promise<Server> {
  mkdirSync(folder, { recursive: true });
  const own = join(folder, "loki.yaml");
  const text = readFileSync(config, "utf8")
    .replaceAll(" /loki", ` ${folder}`)
    .replace("\ncommon:\n", "\ncommon:\n  instance_addr: 127.0.0.1\n");
  writeFileSync(own, text);
  return startServer({
    name: "Loki",
    file: await binary(),
    args: [
      ...["-config.file", own],
      ...["-server.http-listen-address", "127.0.0.1"],
      ...["-server.http-listen-port", String(port)],
      ...["-server.grpc-listen-address", "127.0.0.1"],
      ...["-server.grpc-listen-port", String(port + 1)],
      ...["-ingester.min-ready-duration", "0s"],
    ],
    ready: `http://127.0.0.1:${port}/ready`,
  });
}

/** The lines of the last hour, newest first. */
export async function linesIn(
  loki: string,
  logQl: string,
): Promise<Readonly<Record<string, unknown>>[]> {
  const url = new URL("/loki/api/v1/query_range", loki);
  url.searchParams.set("query", logQl);
  const answer = await fetch(url, { signal: AbortSignal.timeout(seconds(5)) });
  if (!answer.ok) throw new Error(`${logQl}: ${await answer.text()}`);
  const { data } = (await answer.json()) as {
    data: { result: { values: [string, string][] }[] };
  };
  return data.result.flatMap(({ values }) =>
    values.map(([, line]) => JSON.parse(line) as Record<string, unknown>),
  );
}
