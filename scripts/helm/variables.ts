import { serviceNames } from "@cartwright/contracts/services";
import { declaredEnvironments } from "../declared-environments.ts";

/** The names of the variables that each process of the chart reads, but those that the chart alone decides. */
export function variables(): Record<string, readonly string[]> {
  const decided = new Set(["PORT", "METRICS_PORT"]);
  const processes = ["gateway", ...serviceNames, "payment-provider"];
  return Object.fromEntries(
    processes.map((name) => [
      name,
      Object.keys(declaredEnvironments[name]?.shape ?? {})
        .filter((variable) => !decided.has(variable))
        .sort(),
    ]),
  );
}
