import type { Carrier } from "@cartwright/app-shipping/carriers/carrier";
import type { Faults } from "../faults.ts";
import type { Kernel } from "../kernel.ts";
import { call, type Distance } from "../remote.ts";

/** What a carrier has written down, by the shipment's id. */
export class CarrierBooks {
  readonly booked = new Set<string>();
  readonly cancelled = new Set<string>();
}

type Options = {
  readonly kernel: Kernel;
  readonly faults: Faults;
  readonly distance: Distance;
  readonly books: CarrierBooks;
};

/** A carrier whose answers may fail to come; postal code 00000 is nowhere. */
export function simCarrier({
  kernel,
  faults,
  distance,
  books,
}: Options): Carrier {
  const ask = <T>(act: () => T) =>
    call<T>(kernel, distance, ({ give, refuse }) => {
      if (faults.happens("carrier-error")) {
        refuse(new Error("The carrier answered 503."));
        return;
      }
      const value = act();
      if (faults.happens("carrier-answer-lost")) return;
      give(value);
    });
  return {
    name: "simulated",
    book: ({ reference, address }) =>
      ask(() => {
        kernel.trace.add(`${kernel.now()} carrier book ${reference}`);
        if (address.postalCode === "00000")
          return { kind: "refused", code: "address-not-deliverable" };
        books.booked.add(reference);
        return {
          kind: "booked",
          carrier: "simulated",
          trackingNumber: reference,
        };
      }),
    cancel: (reference) =>
      ask(() => {
        kernel.trace.add(`${kernel.now()} carrier cancel ${reference}`);
        books.cancelled.add(reference);
      }),
    refusalFor: () => ask(() => undefined),
  };
}
