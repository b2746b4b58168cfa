import assert from "node:assert/strict";
import { metrics } from "@cartwright/observability/registry/metrics";
import type { MetricDefinition } from "@cartwright/observability/registry/definition";

const bySuffix = /_(bucket|sum|count|total)$/;
const definitions: Readonly<Record<string, MetricDefinition>> = metrics;

/** What a running platform shows is what the registry names: names, types and labels. */
export async function assertShownIsRegistered(port: number): Promise<void> {
  const url = `http://127.0.0.1:${port}/metrics`;
  const text = await (await fetch(url)).text();
  const shown = [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(
    ([, name = "", type]) => (type === "counter" ? `${name}_total` : name),
  );
  assert.deepEqual(shown.sort(), Object.keys(metrics).sort());
  for (const [, name = "", labels = ""] of text.matchAll(
    /^(\w+)(?:{(.*?)})? [\d.eNa+-]+/gm,
  ))
    assertLabels(name, labels);
}

function assertLabels(name: string, labels: string): void {
  const definition =
    definitions[name] ?? definitions[name.replace(bySuffix, "")];
  assert.ok(definition, `The registry has no ${name}.`);
  const found = [...labels.matchAll(/(\w+)="/g)]
    .map(([, label = ""]) => label)
    .filter((label) => label !== "le");
  assert.deepEqual(found.sort(), [...definition.labels].sort(), name);
}

/** Neither the gateway nor a service shows metrics where requests come in. */
export async function assertHidden(...urls: readonly string[]): Promise<void> {
  for (const url of urls)
    assert.equal((await fetch(`${url}/metrics`)).status, 404, url);
}
