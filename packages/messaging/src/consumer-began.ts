import { statement, type Queryable } from "@cartwright/database/tx";

const recordBeginning = statement(
  "consumer-began",
  `INSERT INTO consumers (consumer) VALUES ($1)
   ON CONFLICT (consumer) DO UPDATE SET consumer = EXCLUDED.consumer RETURNING began_at AS "beganAt"`,
);

/** When the group was first met, in milliseconds since 1970; now, if that is now. */
export async function consumerBegan(
  db: Queryable,
  group: string,
): Promise<number> {
  const [row] = await db.query<{ beganAt: Date }>(recordBeginning, [group]);
  return row?.beganAt.getTime() ?? 0;
}
