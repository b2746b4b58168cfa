import { seconds } from "@cartwright/kernel/duration";
import type { Bus } from "@cartwright/messaging/bus";
import { embeddedBus } from "@cartwright/messaging/embedded-bus";
import { kafkaBus } from "@cartwright/messaging/kafka-bus";
import { silentLogger as logger } from "@cartwright/observability/logger";

/** Enough to open a bus from another process. */
export type BusAddress =
  | { readonly kind: "kafka"; readonly broker: string }
  | { readonly kind: "embedded"; readonly url: string };

export const busAt = (address: BusAddress): Bus =>
  address.kind === "embedded"
    ? embeddedBus({ url: address.url, outboxes: [], logger })
    : kafkaBus({
        brokers: [address.broker],
        clientId: "test",
        logger,
        memberTimes: {
          sessionTimeout: seconds(3),
          rebalanceTimeout: seconds(5),
        },
      });
