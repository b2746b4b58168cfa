import type { Database } from "@cartwright/database/open-database";
import type { Part } from "@cartwright/kernel/part";
import type { Bus } from "@cartwright/messaging/bus";

/** A payment provider's client, as far as bugs are planted in it. */
export type ProviderClient = Part & {
  authorize(
    request: {
      readonly key: string;
      readonly reference: string;
      readonly amount: { readonly amount: number; readonly currency: string };
      readonly paymentToken: string;
    },
    signal: AbortSignal,
  ): Promise<Held>;
  find(key: string, signal: AbortSignal): Promise<Held | undefined>;
  capture(key: string, signal: AbortSignal): Promise<Held>;
  void(key: string, signal: AbortSignal): Promise<Held>;
  refund(key: string, signal: AbortSignal): Promise<Held>;
};

export type Held = {
  readonly status:
    "pending" | "authorized" | "declined" | "captured" | "voided" | "refunded";
  readonly declineCode?: string | undefined;
  readonly captureDeclineCode?: string | undefined;
};

/**
 * A mistake that others have made, as adapters around what a process is given. Made anew for each run,
 * so that what its processes share begins empty.
 */
export type PlantedBug = {
  readonly database?: (db: Database) => Database;
  readonly bus?: (bus: Bus) => Bus;
  readonly provider?: (client: ProviderClient) => ProviderClient;
};

export const noBug: PlantedBug = {};
