import { metricsAsText } from "@cartwright/observability/scrape";
import { observeRequest } from "./observe-request.ts";

const cause = { correlationId: "flow" };

/** What the figures of such a request are filed under. */
async function routeOf(method: string, url: string): Promise<string[]> {
  observeRequest({ method, url, status: 299, begun: performance.now() }, cause);
  const text = await metricsAsText();
  return [
    ...text.matchAll(
      /^http_server_request_duration_seconds_count{.*http_request_method="(\w+)",http_route="(.*?)",http_response_status_code="299"} /gm,
    ),
  ].map(([, shownMethod = "", route = ""]) => `${shownMethod} ${route}`);
}

it.each([
  ["POST", "/api/v1/orders", "POST /api/v1/orders"],
  ["PUT", "/api/v1/orders/?page=2", "PUT /api/v1/orders"],
  ["GET", "/api/orders?path=/1", "GET /api/v1/orders"],
  ["POST", "/api/v1/orders/1/cancellation", "POST /api/v1/orders/*"],
  ["DELETE", "/api/v1/orders//made/up", "DELETE /api/v1/orders/*"],
  ["GET", "/.well-known/jwks.json", "GET /.well-known/*"],
  ["GET", "/nowhere/1", "GET "],
  ["BREW", "/api/v1/products/1", "_OTHER /api/v1/products/*"],
])("files %s %s under %s", async (method, url, route) => {
  expect(await routeOf(method, url)).toContain(route);
});

it("makes no route of what callers make up", async () => {
  const before = await routeOf("GET", "/api/v1/orders/a");
  expect(await routeOf("GET", "/api/v1/orders/b/c/d")).toEqual(before);
});
