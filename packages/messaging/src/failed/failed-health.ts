import { statement, type Queryable } from "@cartwright/database/tx";
import type { PartHealth } from "@cartwright/kernel/part";

/** Materialized: else it may look for the oldest among all that waits. */
const oldest = statement(
  "failed-messages-oldest",
  `WITH failed AS MATERIALIZED (
     SELECT position, subject, failure, created_at FROM outbox WHERE failure IS NOT NULL
   )
   SELECT position, subject, failure, created_at AS "createdAt",
     (SELECT count(*) FROM failed) AS count FROM failed ORDER BY position LIMIT 1`,
);

type Oldest = {
  readonly position: number;
  readonly subject: string;
  readonly failure: string;
  readonly createdAt: Date;
  readonly count: number;
};

/** Degraded while messages of the outbox wait for an operator; asks the database. */
export async function failedHealth(db: Queryable): Promise<PartHealth> {
  const asked = await db.query<Oldest>(oldest).catch(String);
  if (typeof asked === "string") return { status: "degraded", detail: asked };
  const [first] = asked;
  return first === undefined
    ? { status: "up" }
    : { status: "degraded", detail: sentence(first) };
}

const sentence = ({ count, position, subject, createdAt, failure }: Oldest) =>
  `${count === 1 ? "1 message" : `${count} messages`} cannot be published, and their subjects wait; the oldest is ` +
  `${position}, of ${subject}, since ${createdAt.toISOString()}: ${failure}`;
