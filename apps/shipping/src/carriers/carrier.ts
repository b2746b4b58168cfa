import type { Address, BookingOutcome, Parcel } from "../domain/shipment.ts";

export type BookingRequest = {
  /** The carrier's idempotency key: the same reference is the same booking. */
  readonly reference: string;
  readonly address: Address;
  readonly lines: Parcel["lines"];
};

/** Whoever carries the parcels. A call that rejects has an unknown outcome and is made again. */
export type Carrier = {
  readonly name: string;
  book(request: BookingRequest, signal: AbortSignal): Promise<BookingOutcome>;
  /** Also succeeds when there is nothing to cancel any more. */
  cancel(reference: string, signal: AbortSignal): Promise<void>;
  /** The reason why nothing can be delivered there, if there is one. */
  refusalFor(
    address: Address,
    signal: AbortSignal,
  ): Promise<string | undefined>;
};
