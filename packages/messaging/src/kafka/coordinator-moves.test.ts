import { ConsumerGroup, followCoordinators } from "./coordinator-moves.ts";

/** A broker that keeps groups, until the group has moved to another. */
function aCoordinator(answer: () => Error | undefined = () => undefined) {
  const asked: unknown[] = [];
  return {
    asked,
    async heartbeat(payload: unknown) {
      await Promise.resolve();
      asked.push(payload);
      const error = answer();
      if (error) throw error;
    },
  };
}

const kafkaError = (name: string, type?: string) =>
  Object.assign(new Error(name), { name, type });

/** A member of generation 7 whose coordinator answers so, and the one that has taken over. */
function aMember(error: Error) {
  const [old, heir] = [aCoordinator(() => error), aCoordinator()];
  const cluster = {
    refreshMetadata: () => Promise.resolve(),
    findGroupCoordinator: () => Promise.resolve(heir),
  };
  const group = new ConsumerGroup({
    groupId: "g",
    cluster,
    topics: [],
    topicConfigurations: {},
    retry: {},
    logger: { namespace: () => undefined },
    instrumentationEmitter: { emit: () => undefined },
  });
  Object.assign(group, {
    coordinator: old,
    offsetManager: { coordinator: old },
    memberId: "m",
    generationId: 7,
  });
  return { group, heir };
}

const now = { interval: -1 };

describe("a member whose coordinator has gone", () => {
  beforeAll(followCoordinators);

  it.each([
    kafkaError("KafkaJSProtocolError", "NOT_COORDINATOR_FOR_GROUP"),
    kafkaError("KafkaJSProtocolError", "GROUP_LOAD_IN_PROGRESS"),
    kafkaError("KafkaJSConnectionError"),
  ])("goes to its heir, as who it was, after $name $type", async (error) => {
    const { group, heir } = aMember(error);
    await group.heartbeat(now);
    await group.heartbeat(now);
    expect(heir.asked).toEqual([
      { groupId: "g", memberId: "m", groupGenerationId: 7 },
    ]);
    expect(group.offsetManager?.coordinator).toBe(heir);
  });

  it("hears of a rebalance as before", async () => {
    const rebalance = kafkaError(
      "KafkaJSProtocolError",
      "REBALANCE_IN_PROGRESS",
    );
    const { group } = aMember(rebalance);
    await expect(group.heartbeat(now)).rejects.toBe(rebalance);
  });
});
