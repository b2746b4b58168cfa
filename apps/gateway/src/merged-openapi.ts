import type { ServiceName } from "@cartwright/contracts/services";
import { problemResponse, type OpenApi } from "@cartwright/http/openapi";
import { destinationOf } from "./route-table.ts";

type Operations = OpenApi["paths"][string];

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
        .filter(([path]) => destinationOf("GET", path))
        .map(([path, operations]) => [path, throughTheGateway(operations)]),
    ),
    components: known[0]?.components ?? {},
  };
}

/** What the gateway may answer in a service's place. */
const ownAnswers = {
  429: problemResponse(["rate-limited"]),
  503: problemResponse(["service-unavailable", "deadline-exceeded"]),
};

const throughTheGateway = (operations: Operations): Operations =>
  Object.fromEntries(
    Object.entries(operations).map(([method, operation]) => [
      method,
      {
        ...operation,
        responses: { ...ownAnswers, ...operation.responses },
      },
    ]),
  );
