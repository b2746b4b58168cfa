import { statement, type Tx } from "@cartwright/database/tx";
import type { SagaId, SagaInstance } from "./instance.ts";

/** An instance without what it remembers, which has a row of its own. */
export type Progress = Omit<SagaInstance, "memory" | "cause">;

export type Memory = Pick<SagaInstance, "id" | "memory" | "cause">;

const byIds = statement(
  "saga-memories-by-ids",
  `SELECT id, memory, cause FROM saga_memories WHERE id = ANY ($1::uuid[])`,
);

/**
 * Locked instances with what they remember: as `known`, else read. By a statement of its own, behind the
 * one that locks: a joined row would be as it was when the lock was asked for, not as whoever held the
 * lock has left it.
 */
export async function remembering<Locked extends Progress>(
  tx: Tx,
  locked: readonly Locked[],
  known: { of(run: Progress): Memory | undefined } = knowingNothing,
): Promise<(Locked & SagaInstance)[]> {
  const unknown = locked.filter((one) => known.of(one) === undefined);
  const read = await memoriesOf(tx, unknown);
  return locked.map((one) => {
    const memory = known.of(one) ?? read.get(one.id);
    if (memory === undefined)
      throw new Error(`The saga ${one.id} remembers nothing.`);
    return { ...one, memory: memory.memory, cause: memory.cause };
  });
}

const knowingNothing = { of: () => undefined };

async function memoriesOf(
  tx: Tx,
  runs: readonly Progress[],
): Promise<ReadonlyMap<SagaId, Memory>> {
  if (runs.length === 0) return new Map();
  const ids = [...new Set(runs.map(({ id }) => id))];
  const memories = await tx.query<Memory>(byIds, [ids]);
  return new Map(memories.map((one) => [one.id, one]));
}
