import { statement, type Tx } from "@cartwright/database/tx";
import type { SagaId, SagaInstance } from "./instance.ts";

/** An instance without what it remembers, which has a row of its own. */
export type Progress = Omit<SagaInstance, "memory" | "cause">;

type Memory = Pick<SagaInstance, "id" | "memory" | "cause">;

const byKeys = statement(
  "saga-memories-by-keys",
  `SELECT memories.id, memory, cause FROM saga_instances AS saga JOIN saga_memories AS memories USING (id)
   WHERE key = ANY ($1::text[])`,
);

const byIds = statement(
  "saga-memories-by-ids",
  `SELECT id, memory, cause FROM saga_memories WHERE id = ANY ($1::uuid[])`,
);

/*
 * Statements of their own, behind the one that locks: a joined row would be as it was when the lock was
 * asked for, not as whoever held the lock has left it.
 */

export const memoriesByKeys = (
  tx: Tx,
  keys: readonly string[],
): Promise<Memory[]> => tx.query<Memory>(byKeys, [keys]);

export const memoriesByIds = async (
  tx: Tx,
  ids: readonly string[],
): Promise<Memory[]> =>
  ids.length === 0 ? [] : tx.query<Memory>(byIds, [ids]);

/** Locked instances with what they remember. */
export function remembering<Locked extends Progress>(
  locked: readonly Locked[],
  memories: readonly Memory[],
): (Locked & SagaInstance)[] {
  const byId = new Map<SagaId, Memory>(memories.map((one) => [one.id, one]));
  return locked.map((one) => {
    const memory = byId.get(one.id);
    if (memory === undefined)
      throw new Error(`The saga ${one.id} remembers nothing.`);
    return { ...one, ...memory };
  });
}
