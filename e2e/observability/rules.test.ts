import { readFileSync } from "node:fs";
import { join } from "node:path";
import { metrics } from "@cartwright/observability/registry/metrics";
import { expressionsOf } from "./dashboard-data.ts";
import { askedOfOthers } from "./selectors.ts";

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
const recorded = new Set(all(rules, /- record: (\S+)/g));

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
  const tried = all(tests, /- name: (\w+ (?:fires|does not fire))\b/g);
  const isConstant = (name: string) => name === "Watchdog does not fire";
  expect(new Set(tried)).toEqual(
    new Set(
      alerts
        .flatMap((name) => [`${name} fires`, `${name} does not fire`])
        .filter((name) => !isConstant(name)),
    ),
  );
});

const names = new Set(["up", ...Object.keys(metrics), ...recorded]);

it("asks about the platform's own processes only", () => {
  const ruled = all(
    rules,
    /^ +expr: (?:\|\n)?([^]*?)(?=\n +(?:labels|for|annotations|# |- )|$(?![^]))/gm,
  );
  expect(ruled).toHaveLength(alerts.length + recorded.size);
  expect(askedOfOthers(ruled, names, 'job="cartwright"')).toEqual([]);
  const shown = expressionsOf(() => true);
  const chosen = 'job="cartwright", namespace=~".*"';
  expect(askedOfOthers(shown, names, chosen)).toEqual([]);
});

it.each([
  "up == 0",
  'rate(http_server_request_duration_seconds_count{service="order"}[5m])',
  'sum by (service) (service:outbox_rows:max) / up{job="cartwright"}',
  'up{job="node"}',
])("finds what asks about others in `%s`", (expression) => {
  expect(askedOfOthers([expression], names, 'job="cartwright"')).toEqual([
    expression,
  ]);
});

it("keeps releases apart in whatever it sums up", () => {
  const sums = all(
    rules,
    /\b(?:sum|max|min|count|group|avg)(?: by)? (\([^)]*\))/g,
  );
  expect(sums.length).toBeGreaterThan(80);
  for (const labels of sums) expect(labels).toMatch(/^\(job, namespace\b/);
});

it("silences a budget that burns slowly only while the same one burns fast", () => {
  const budgets = all(
    rules,
    /- alert: (Order\w+BudgetBurns\w+)[^]*?promise: \w+/g,
  );
  expect(budgets).toHaveLength(6);
  for (const name of budgets) {
    const [, promise = ""] = /^Order(\w+)BudgetBurns/.exec(name) ?? [];
    expect(rules).toMatch(
      new RegExp(
        `- alert: ${name}\\n(?:(?!- alert)[^])*?promise: ${promise.toLowerCase()} `,
      ),
    );
  }
  expect(textOf("infra/alertmanager/alertmanager.yml")).toMatch(
    /BudgetBurnsSlowly"\]\n +equal: \[namespace, promise\]/,
  );
});
