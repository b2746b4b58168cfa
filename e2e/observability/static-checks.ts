import { readdirSync } from "node:fs";
import { join } from "node:path";
import { command, component, infra, root } from "./tools.ts";
import { checkLokiConfig } from "./loki.ts";
import { say } from "./say.ts";

const filesIn = (folder: string): string[] =>
  readdirSync(join(infra, folder)).map((file) => join(infra, folder, file));

/** What Prometheus says of our alerts and recordings, and of the tests of them. */
export async function ruleChecks(): Promise<void> {
  await component("prometheus", ["install"]);
  await command("promtool", ["check", "rules", ...filesIn("prometheus/rules")]);
  await command("promtool", [
    "check",
    "config",
    join(infra, "prometheus/prometheus.yml"),
  ]);
  await command("promtool", ["test", "rules", ...filesIn("prometheus/tests")]);
  say("rules and their tests hold");
}

/** What the other components say of their configurations, and whether generated files are what their sources say. */
export async function configurationChecks(): Promise<void> {
  await component("collector", ["install"]);
  await command("amtool", [
    "check-config",
    join(infra, "alertmanager/alertmanager.yml"),
  ]);
  for (const config of ["otel-collector/config.yaml", "jaeger/jaeger.yaml"])
    await component("collector", ["validate", join(infra, config)]);
  await checkLokiConfig();
  say("Alertmanager, collector, Jaeger and Loki take their configurations");
  for (const generator of ["dashboards", "telemetry-docs"])
    await command(process.execPath, [
      join(root, `scripts/generate-${generator}.ts`),
      "--check",
    ]);
  say("dashboards and reference are what their sources say");
}
