import type { ServiceName } from "@cartwright/contracts/services";
import type { OpenApi } from "@cartwright/http/openapi";
import { destinationOf } from "./route-table.ts";

/** One document of all the services' routes that can be reached through the gateway. */
export function mergedOpenApi(
  documents: Partial<Record<ServiceName, OpenApi>>,
): OpenApi {
  const known = Object.values(documents).filter(Boolean);
  return {
    openapi: "3.1.0",
    info: { title: "Cartwright", version: "1" },
    paths: Object.fromEntries(
      known
        .flatMap(({ paths }) => Object.entries(paths))
        .filter(([path]) => destinationOf("GET", path)),
    ),
    components: known[0]?.components ?? {},
  };
}
