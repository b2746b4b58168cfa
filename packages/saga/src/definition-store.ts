import { statement, type Tx } from "@cartwright/database/tx";
import type { StepShape } from "./shape.ts";

export type SagaVersion = { readonly saga: string; readonly version: number };

/** A version of a saga with the shape it had when it was first run. */
export type KnownShape = SagaVersion & { readonly steps: readonly StepShape[] };

const insert = statement(
  "saga-definitions-insert",
  `INSERT INTO saga_definitions (saga, version, steps)
   SELECT saga, version, steps FROM unnest($1::text[], $2::int[], $3::json[]) AS rows (saga, version, steps)
   ORDER BY saga, version ON CONFLICT (saga, version) DO NOTHING`,
);

const read = statement(
  "saga-definitions-read",
  `SELECT saga, version, steps FROM saga_definitions WHERE saga = ANY ($1::text[]) ORDER BY saga, version`,
);

/** Only a run that has not ended has a deadline, and the index is of those that have or lately had one. */
const running = statement(
  "saga-versions-running",
  `SELECT saga, version, count(*) AS runs FROM saga_instances
   WHERE wake_at IS NOT NULL AND deadline IS NOT NULL GROUP BY saga, version ORDER BY saga, version`,
);

/** The SQL of definitions as the database remembers them. */
export const definitionStore = {
  /** Remembers the versions that are new, and returns every one of these sagas as it was first seen. */
  async remember(tx: Tx, shapes: readonly KnownShape[]): Promise<KnownShape[]> {
    await tx.query(insert, [
      shapes.map(({ saga }) => saga),
      shapes.map(({ version }) => version),
      shapes.map(({ steps }) => JSON.stringify(steps)),
    ]);
    // A statement of its own: it sees what another replica has committed meanwhile.
    return tx.query<KnownShape>(read, [shapes.map(({ saga }) => saga)]);
  },

  /** The versions of runs that have not ended. */
  running: (tx: Tx): Promise<(SagaVersion & { readonly runs: number })[]> =>
    tx.query(running),
};
