import { parseArgs } from "node:util";
import { unlessInterrupted } from "../../scripts/images/proof/shell.ts";
import { startBackends } from "./backends.ts";
import { healthy } from "./healthy.ts";
import { plantedFault } from "./planted-fault.ts";
import { stockRunsLow } from "./rare-events.ts";
import { say } from "./say.ts";
import { configurationChecks, ruleChecks } from "./static-checks.ts";

/**
 * What is seen of a running platform, proven on real components: collector, Jaeger, Prometheus and
 * Alertmanager with the project's own configurations. Exits with 1 and the reason when something is not so. `--rules`
 * checks the alerts alone, which needs nothing but Prometheus.
 */
const { values } = parseArgs({
  options: {
    "only-running": { type: "boolean", default: false },
    rules: { type: "boolean", default: false },
  },
});
if (values.rules) {
  await ruleChecks();
  process.exit();
}
if (!values["only-running"]) {
  await ruleChecks();
  await configurationChecks();
}
const backends = await startBackends();
say("collector, Jaeger, Loki, Prometheus and Alertmanager run");
try {
  await unlessInterrupted(running());
} finally {
  await backends.stop();
}
say("done");

async function running(): Promise<void> {
  await healthy(backends, "embedded");
  await plantedFault(backends);
  await healthy(backends, "kafka", stockRunsLow);
}
