import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Duration } from "@cartwright/kernel/duration";
import type { Address } from "../domain/shipment.ts";
import type { Carrier } from "./carrier.ts";

/**
 * Carries nothing, but answers like a carrier: the tracking number follows from the reference, and
 * postal code 00000 is nowhere.
 */
export function simulatedCarrier({
  latency,
}: {
  readonly latency: Duration;
}): Carrier {
  const name = "simulated";
  const answered = async (signal: AbortSignal) => {
    if (latency > 0) await pause(latency, undefined, { signal });
  };
  return {
    name,
    async book({ reference, address }, signal) {
      await answered(signal);
      const code = refusalOf(address);
      return code === undefined
        ? {
            kind: "booked",
            carrier: name,
            trackingNumber: trackingNumberOf(reference),
          }
        : { kind: "refused", code };
    },
    async cancel(_reference, signal) {
      await answered(signal);
    },
    async refusalFor(address, signal) {
      await answered(signal);
      return refusalOf(address);
    },
  };
}

const refusalOf = ({ postalCode }: Address): string | undefined =>
  postalCode === "00000" ? "address-not-deliverable" : undefined;

function trackingNumberOf(reference: string): string {
  const digest = createHash("sha256").update(reference).digest();
  return `CW${String(digest.readUIntBE(0, 6) % 10 ** 12).padStart(12, "0")}`;
}
