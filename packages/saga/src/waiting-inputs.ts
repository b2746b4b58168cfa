import { statement, type Queryable, type Tx } from "@cartwright/database/tx";
import type { SagaInput } from "./advance.ts";
import type { SagaId, SagaInstance } from "./instance.ts";
import { remembering, type Progress } from "./memory-reads.ts";
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

/** What a run that is stuck cannot take must not come up again and again: it waits for the run's next deadline. */
const takeable = `(status <> 'stuck' OR deadline <= now())`;
const ofVersions = `saga || '#' || version = ANY ($2::text[])`;

/** The runs are what is locked: of two timers one has all that waits for a run, in the order it came. */
const taking = (which: string): string =>
  `WITH held AS (
     SELECT ${progress}, waiting.id AS place
     FROM saga_waiting_inputs AS waiting JOIN saga_instances AS saga ON saga.id = waiting.saga_id
     WHERE ${which} AND ${takeable}
     ORDER BY waiting.id LIMIT $1 FOR UPDATE OF saga SKIP LOCKED
   ), taken AS (
     DELETE FROM saga_waiting_inputs WHERE id = ANY (ARRAY (SELECT place FROM held)) RETURNING id, input
   )
   SELECT held.*, input FROM held JOIN taken ON taken.id = held.place ORDER BY place`;

const take = statement("saga-waiting-take", taking(ofVersions));

const takeAmong = statement(
  "saga-waiting-take-among",
  taking("saga.id = ANY ($2::uuid[])"),
);

const runs = statement(
  "saga-waiting-runs",
  `SELECT saga.id FROM saga_waiting_inputs AS waiting JOIN saga_instances AS saga ON saga.id = waiting.saga_id
   WHERE ${ofVersions} AND ${takeable} GROUP BY saga.id ORDER BY min(waiting.id) LIMIT $1`,
);

type Taken = Progress & { readonly input: SagaInput };
type WithRun = SagaInstance & { readonly input: SagaInput };

/** The SQL of inputs that wait for a release that knows what to do with them. */
export const waitingInputs = {
  append(tx: Tx, inputs: readonly WaitingInput[]): void {
    if (inputs.length === 0) return;
    tx.send(insert, [
      inputs.map(({ sagaId }) => sagaId),
      inputs.map(({ input }) => JSON.stringify(input)),
    ]);
  },

  /** Takes up to `limit` inputs of runs of these `name#version`s, each with its locked run. */
  take: async (
    tx: Tx,
    limit: number,
    versions: readonly string[],
  ): Promise<WithRun[]> =>
    remembering(tx, await tx.query<Taken>(take, [limit, versions])),

  /** Likewise, of these runs. */
  takeAmong: async (
    tx: Tx,
    limit: number,
    ids: readonly SagaId[],
  ): Promise<WithRun[]> =>
    remembering(tx, await tx.query<Taken>(takeAmong, [limit, ids])),

  /** Runs of which `take` would take an input, whoever holds them. */
  runs: async (
    db: Queryable,
    limit: number,
    versions: readonly string[],
  ): Promise<SagaId[]> =>
    (await db.query<{ id: SagaId }>(runs, [limit, versions])).map(
      ({ id }) => id,
    ),
};
