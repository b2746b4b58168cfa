import {
  carrierConformance,
  deliverable,
} from "../../test/carrier-conformance.ts";
import { simulatedCarrier } from "./simulated-carrier.ts";

carrierConformance("simulated", () => simulatedCarrier({ latency: 0 }));

it("gives up waiting when told to", async () => {
  const carrier = simulatedCarrier({ latency: 60_000 });
  await expect(
    carrier.refusalFor(deliverable, AbortSignal.abort()),
  ).rejects.toThrow();
});
