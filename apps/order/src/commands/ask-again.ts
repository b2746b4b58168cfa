import type { Queryable, Transact } from "@cartwright/database/tx";
import { Refusal } from "@cartwright/kernel/refusal";
import {
  recordAction,
  type Operator,
} from "@cartwright/messaging/operator-actions";
import type { SagaEngine } from "@cartwright/saga/engine";
import { openRuns } from "../db/open-runs.ts";
import type { OrderDecider } from "../domain/order.ts";

export type AskAgain = (
  operator: Operator,
  after: string | undefined,
) => Promise<{ readonly asked: number; readonly nextCursor?: string }>;

const perRequest = 200;

/** Has every saga send its command in hand again, a page at a time: whoever has answered before says so again. */
export const askAgain =
  ({
    db,
    sagas,
  }: {
    readonly db: Queryable & { readonly transaction: Transact };
    readonly sagas: SagaEngine<OrderDecider>;
  }): AskAgain =>
  async (operator, after) => {
    const ids = await openRuns(db, after, perRequest);
    const command = { action: "retry" } as const;
    const { id: by, reason } = operator;
    const input = { kind: "operator", command, by, reason } as const;
    let asked = 0;
    for (const id of ids) {
      try {
        await db.transaction((tx) =>
          sagas.operate(tx, id, { ...input, parked: false }),
        );
        asked += 1;
      } catch (error) {
        // It has ended meanwhile, or belongs to a release that is to ask for itself.
        if (!(error instanceof Refusal)) throw error;
      }
    }
    if (asked > 0)
      await db.transaction((tx) =>
        recordAction(tx, {
          ...{ operator, action: "reconcile.ask-again", target: "sagas" },
          ...{ before: { after: after ?? null }, after: { asked } },
        }),
      );
    const last = ids.length === perRequest ? ids.at(-1) : undefined;
    return { asked, ...(last !== undefined && { nextCursor: last }) };
  };
