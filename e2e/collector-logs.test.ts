import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Each line reaches Loki once, and no line of somebody else's container. */

const root = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

/** A line as Docker keeps it. */
const kept = (log: string, attrs?: Readonly<Record<string, string>>) =>
  JSON.stringify({ log, stream: "stdout", attrs, time: "2026-01-01T00:00Z" });

it.each(["docker-logs.yaml", "container-logs.yaml"])(
  "%s stores what files have, and nothing a second time from OTLP",
  (file) => {
    const text = read(`infra/otel-collector/${file}`);
    const pipelines = [
      ...text.matchAll(/^ {4}(logs\S*):\n {6}receivers: \[(.*)\]/gm),
    ].map(([, name, receivers]) => `${name}: ${receivers}`);
    expect(pipelines).toEqual(["logs: filelog", "logs/otlp: otlp"]);
    expect(text).toMatch(/logs\/otlp:\n.*\n {6}exporters: \[nop\]/);
  },
);

it("passes over the containers of others", () => {
  const [, wanted = ""] =
    /type: filter\n +expr: >-\n +"\$\{env:LOG_TAG\}" != "" and not \(body contains '(.+)'\)/.exec(
      read("infra/otel-collector/docker-logs.yaml"),
    ) ?? [];
  const [, tag = ""] = /^ +tag: (.+)$/m.exec(read("docker-compose.yml")) ?? [];
  expect(tag).toBe("${LOG_TAG:-}");
  const mark = wanted.replace("${env:LOG_TAG}", "shop");
  expect(kept("an order", { tag: "shop" })).toContain(mark);
  expect(kept("an order", { tag: "shop", env: "a" })).toContain(mark);
  expect(kept("an order")).not.toContain(mark);
  expect(kept("an order", { tag: "another" })).not.toContain(mark);
  expect(kept('{"tag":"shop"}')).not.toContain(mark);
});
