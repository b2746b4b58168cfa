import { createRequire } from "node:module";

/** The parts of kafkajs 2.2.4's consumer group that are mended here. */
type Coordinator = unknown;
type Group = {
  readonly groupId: string;
  readonly cluster: {
    refreshMetadata(): Promise<void>;
    findGroupCoordinator(of: { groupId: string }): Promise<Coordinator>;
  };
  coordinator: Coordinator;
  readonly offsetManager: { coordinator: Coordinator } | null;
  heartbeat(options: { interval: number }): Promise<void>;
};

/** Not part of kafkajs's interface, which the pinned version and a test make safe. */
export const ConsumerGroup = createRequire(import.meta.url)(
  "kafkajs/src/consumer/consumerGroup.js",
) as {
  new (options: Readonly<Record<string, unknown>>): Group;
  readonly prototype: Group;
};

const heartbeat = ConsumerGroup.prototype.heartbeat;

/**
 * When the broker that keeps a group goes, another takes its groups over, members and all. Kafkajs goes on
 * asking the first until it gives the membership up, and the group then waits for the session of a member
 * that has long come back as another. Here it finds the new one and stays who it was.
 */
export function followCoordinators(): void {
  ConsumerGroup.prototype.heartbeat = async function (
    this: Group,
    options: { interval: number },
  ) {
    try {
      await heartbeat.call(this, options);
    } catch (error) {
      if (!hasMoved(error)) throw error;
      const { cluster, groupId, offsetManager } = this;
      await cluster.refreshMetadata();
      this.coordinator = await cluster.findGroupCoordinator({ groupId });
      if (offsetManager) offsetManager.coordinator = this.coordinator;
    }
  };
}

const elsewhere = new Set([
  "NOT_COORDINATOR_FOR_GROUP",
  "GROUP_COORDINATOR_NOT_AVAILABLE",
  "GROUP_LOAD_IN_PROGRESS",
]);
const unreachable = new Set([
  "KafkaJSConnectionError",
  "KafkaJSConnectionClosedError",
  "KafkaJSBrokerNotFound",
]);

function hasMoved(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const type = "type" in error ? String(error.type) : "";
  return elsewhere.has(type) || unreachable.has(error.name);
}
