import { statement, type Queryable } from "@cartwright/database/tx";
import { contractsOf, typesOf, type BatchHandler } from "./handler.ts";
import type { Consumer } from "./handle-records.ts";
import { memoryOf } from "./memory.ts";

const recordBeginning = statement(
  "consumer-began",
  `INSERT INTO consumers (consumer) VALUES ($1)
   ON CONFLICT (consumer) DO UPDATE SET consumer = EXCLUDED.consumer RETURNING began_at AS "beganAt"`,
);

/** The group as its transactions know it; met first now, unless it was before. */
export async function consumerOf(
  db: Queryable,
  group: string,
  handlers: readonly BatchHandler[],
): Promise<Consumer> {
  const [row] = await db.query<{ beganAt: Date }>(recordBeginning, [group]);
  const inOrder = handlers.filter(({ inAnyOrder }) => !inAnyOrder);
  const kinds = new Set(
    contractsOf(inOrder).map(({ subjectKind }) => subjectKind),
  );
  return {
    group,
    handlers,
    memory: memoryOf(group, handlers),
    handled: typesOf(handlers),
    isSequenced: ({ attempt, subject }) =>
      attempt === undefined &&
      kinds.has(subject.slice(0, subject.indexOf("/"))),
    beganAt: row?.beganAt.getTime() ?? 0,
  };
}
