import { readFileSync } from "node:fs";
import { join } from "node:path";
import { metrics } from "@cartwright/observability/registry/metrics";

const root = join(import.meta.dirname, "../..");
const textOf = (...files: readonly string[]): string =>
  files.map((file) => readFileSync(join(root, file), "utf8")).join("\n");
const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found = ""]) => found);

const rules = textOf(
  ...["alerts", "recording", "slo"].map(
    (name) => `infra/prometheus/rules/${name}.yml`,
  ),
);
const dashboards = textOf(
  ...[
    ...["overview", "orders", "service", "messages"],
    ...["database", "business", "slo"],
  ].map((uid) => `infra/grafana/dashboards/${uid}.json`),
);
const alerts = all(rules, /- alert: (\w+)/g);

it("asks only for metrics that there are", () => {
  const known = new Set<string>(Object.keys(metrics));
  const asked = all(
    rules + dashboards,
    /(?<!:)\b((?:cartwright|http|messaging|db|nodejs|process)_[a-z_0-9]+)\b/g,
  );
  const unknown = asked.filter(
    (name) =>
      !known.has(name) &&
      !known.has(name.replace(/_(bucket|sum|count)$/, "")) &&
      !labels.has(name),
  );
  expect(new Set(unknown)).toEqual(new Set());
  expect(asked.length).toBeGreaterThan(100);
});

const labels = new Set(
  Object.values(metrics).flatMap((one): readonly string[] => one.labels),
);

it("asks only for recorded ratios that there are", () => {
  const recorded = new Set(all(rules, /- record: (\S+)/g));
  const asked = all(
    rules + dashboards,
    /\b((?:service|outcome|slo):[a-z_]+:[a-z0-9_]+)/g,
  );
  expect(new Set(asked.filter((name) => !recorded.has(name)))).toEqual(
    new Set(),
  );
});

it("tries each alert on figures on which it fires, and on figures on which it does not", () => {
  const tests = textOf(
    "infra/prometheus/tests/alerts.yml",
    "infra/prometheus/tests/slow-burns.yml",
  );
  const tried = all(tests, /- name: (.*)/g);
  expect(tried.sort()).toEqual(
    alerts.flatMap((name) => [`${name} fires`, `${name} does not fire`]).sort(),
  );
});
