import { statement, type Tx } from "@cartwright/database/tx";
import type { SagaInput } from "./advance.ts";
import type { SagaId, SagaInstance } from "./instance.ts";
import { memoriesByIds, remembering, type Progress } from "./memory-reads.ts";
import { progress } from "./saga-store.ts";

/** What befell a run while it was in the hands of a release that does not know its version. */
export type WaitingInput = {
  readonly sagaId: SagaId;
  readonly input: SagaInput;
};

const insert = statement(
  "saga-waiting-insert",
  `INSERT INTO saga_waiting_inputs (saga_id, input)
   SELECT saga_id, input FROM unnest($1::uuid[], $2::json[]) WITH ORDINALITY AS rows (saga_id, input, place)
   ORDER BY place`,
);

/** The runs are what is locked: of two timers one has all that waits for a run, in the order it came. */
const take = statement(
  "saga-waiting-take",
  `WITH held AS (
     SELECT ${progress}, waiting.id AS place
     FROM saga_waiting_inputs AS waiting JOIN saga_instances AS saga ON saga.id = waiting.saga_id
     WHERE saga || '#' || version = ANY ($2::text[])
     ORDER BY waiting.id LIMIT $1 FOR UPDATE OF saga SKIP LOCKED
   ), taken AS (
     DELETE FROM saga_waiting_inputs WHERE id IN (SELECT place FROM held) RETURNING id, input
   )
   SELECT held.*, input FROM held JOIN taken ON taken.id = held.place ORDER BY place`,
);

/** The SQL of inputs that wait for a release that knows what to do with them. */
export const waitingInputs = {
  async append(tx: Tx, inputs: readonly WaitingInput[]): Promise<void> {
    if (inputs.length === 0) return;
    await tx.query(insert, [
      inputs.map(({ sagaId }) => sagaId),
      inputs.map(({ input }) => JSON.stringify(input)),
    ]);
  },

  /** Takes up to `limit` inputs of runs of these `name#version`s, each with its locked run. */
  async take(
    tx: Tx,
    limit: number,
    versions: readonly string[],
  ): Promise<(SagaInstance & { readonly input: SagaInput })[]> {
    type Taken = Progress & { readonly input: SagaInput };
    const taken = await tx.query<Taken>(take, [limit, versions]);
    const ids = [...new Set(taken.map(({ id }) => id))];
    return remembering(taken, await memoriesByIds(tx, ids));
  },
};
