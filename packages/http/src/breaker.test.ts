import { EventEmitter } from "node:events";
import { metricsAsText } from "@cartwright/observability/scrape";
import type CircuitBreaker from "opossum";
import { showBreaker } from "./breaker.ts";

const valueOf = async (name: string): Promise<string | undefined> =>
  new RegExp(`^${name}{service="order",peer_service="catalog"} (\\d+)$`, "m")
    .exec(await metricsAsText())
    ?.at(1);

it("counts each time that a breaker opens, also after a trial that failed", async () => {
  const breaker = new EventEmitter();
  showBreaker(breaker as unknown as CircuitBreaker, {
    ...{ from: "order", to: "catalog" },
  });
  expect(await valueOf("cartwright_breaker_openings_total")).toBe("0");
  for (const event of ["open", "halfOpen", "open", "halfOpen"])
    breaker.emit(event);
  expect(await valueOf("cartwright_breaker_openings_total")).toBe("2");
  expect(await valueOf("cartwright_breaker_state")).toBe("1");
});
