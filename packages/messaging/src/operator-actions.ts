import { statement, type Queryable, type Tx } from "@cartwright/database/tx";
import { newId } from "@cartwright/kernel/ids";

/** Who acts, and why. */
export type Operator = {
  /** The subject of the token. */
  readonly id: string;
  readonly reason: string;
};

export type OperatorAction = {
  readonly operator: Operator;
  /** What was done, for instance `dead-letters.requeue`. */
  readonly action: string;
  /** The id of what it was done to. */
  readonly target: string;
  readonly before: object;
  readonly after: object;
};

/** An action as it is listed. */
export type RecordedAction = {
  readonly id: string;
  readonly at: Date;
  readonly operator: string;
  readonly action: string;
  readonly target: string;
  readonly reason: string;
  readonly before: unknown;
  readonly after: unknown;
};

const insert = statement(
  "operator-actions-record",
  `INSERT INTO operator_actions (id, operator, action, target, reason, before, after)
   VALUES ($1, $2, $3, $4, $5, $6, $7)`,
);

/** Records what an operator does, in the transaction of its effect. */
export function recordAction(
  tx: Tx,
  { operator, action, target, before, after }: OperatorAction,
): void {
  tx.send(insert, [
    newId(),
    operator.id,
    action,
    target,
    operator.reason,
    JSON.stringify(before),
    JSON.stringify(after),
  ]);
}

const targets = statement(
  "operator-actions-targets",
  `SELECT DISTINCT target FROM operator_actions WHERE target = ANY ($1) AND action = $2`,
);

/** Those of the targets to which that was done at some time. */
export const targetsOf = async (
  tx: Queryable,
  action: string,
  among: readonly string[],
): Promise<string[]> =>
  (await tx.query<{ target: string }>(targets, [among, action])).map(
    ({ target }) => target,
  );

const page = statement(
  "operator-actions-page",
  `SELECT id, at, operator, action, target, reason, before, after FROM operator_actions
   WHERE ($1::text IS NULL OR target = $1) AND ($2::text IS NULL OR operator = $2)
     AND ($3::uuid IS NULL OR id < $3)
   ORDER BY id DESC LIMIT $4`,
);

/** What operators did, newest first; `after` is the last id of the page before. */
export const listActions = (
  db: Queryable,
  filter: {
    readonly target?: string | undefined;
    readonly operator?: string | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<RecordedAction[]> =>
  db.query<RecordedAction>(page, [
    filter.target ?? null,
    filter.operator ?? null,
    filter.after ?? null,
    filter.limit,
  ]);
