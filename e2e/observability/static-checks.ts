import { readdirSync } from "node:fs";
import { join } from "node:path";
import { command, component, infra, root } from "./tools.ts";
import { checkLokiConfig } from "./loki.ts";
import { say } from "./say.ts";

const filesIn = (folder: string): string[] =>
  readdirSync(join(infra, folder)).map((file) => join(infra, folder, file));

/** What the components themselves say of their configurations and rules. */
export async function staticChecks(): Promise<void> {
  await component("prometheus", ["install"]);
  await component("collector", ["install"]);
  await command("promtool", ["check", "rules", ...filesIn("prometheus/rules")]);
  await command("promtool", [
    "check",
    "config",
    join(infra, "prometheus/prometheus.yml"),
  ]);
  await command("promtool", ["test", "rules", ...filesIn("prometheus/tests")]);
  say("rules and their tests hold");
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
