import {
  openDatabase,
  type DatabaseOptions,
} from "@cartwright/database/open-database";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import type { Bus, BusRecord } from "./bus.ts";
import { GroupLocks } from "./embedded/group-locks.ts";
import { GroupMember } from "./embedded/group-member.ts";
import { lagInLog } from "./embedded/lag.ts";
import { Sequencer } from "./embedded/sequencer.ts";

export type EmbeddedBus = Bus & {
  /** Call after a commit that appended `records` to the outbox of `schema`. */
  wake(schema: string, records?: readonly BusRecord[]): void;
};

/**
 * The bus without a broker: a log in Postgres, in the schema `bus`. It takes the place of the relays:
 * one sequencer moves the outboxes into the log and hands the records on in memory.
 */
export function embeddedBus(options: {
  /** Connection string of the role `bus`. */
  readonly url: string;
  /** The schemas whose outboxes feed the log. */
  readonly outboxes: readonly string[];
  readonly logger: Logger;
}): EmbeddedBus {
  const { url, outboxes, logger } = options;
  const writing = connection(url, "bus", { synchronous_commit: "off" });
  const reading = connection(url, "bus reading");
  const members = new Set<GroupMember>();
  const locks = new GroupLocks(writing);
  const sequencer = new Sequencer({
    db: writing,
    outboxes,
    logger,
    grown: () => members.forEach((member) => member.wake()),
    reconnected: () => locks.forget(),
  });

  return {
    name: "embedded bus",
    system: "postgresql",
    start: () => sequencer.start(),
    async stop() {
      await sequencer.stop();
      await Promise.all([writing.stop?.(), reading.stop?.()]);
    },
    health: () => sequencer.health(),
    wake: (schema, records = []) => {
      members.forEach((member) => member.offer(schema, records));
      sequencer.wake(schema);
    },
    publish: (records) => sequencer.publish(records),
    lag: (group, topics) => lagInLog(reading, group, topics),
    subscribe(subscription): Part {
      const shared = { db: reading, tail: sequencer.tail, locks, logger };
      const member = new GroupMember({ ...subscription, ...shared });
      members.add(member);
      return member;
    },
  };
}

/** One connection: the sequencer's works in turn, and the reader's is for catching up. */
const connection = (
  url: string,
  applicationName: string,
  settings: DatabaseOptions["settings"] = {},
) =>
  openDatabase({
    url,
    schema: "bus",
    maxConnections: 1,
    applicationName,
    settings,
  });
