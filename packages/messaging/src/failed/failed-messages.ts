import { statement, type Queryable, type Tx } from "@cartwright/database/tx";
import { Refusal } from "@cartwright/kernel/refusal";
import { shownPayload } from "../dead-letters/shown-payload.ts";
import { recordAction, type Operator } from "../operator-actions.ts";

/** A message of the outbox that the bus refused for good. What comes after it of its subject waits behind it. */
export type FailedMessage = {
  /** Its place in the outbox. */
  readonly id: number;
  readonly messageId: string;
  readonly subject: string;
  readonly type: string;
  readonly topic: string;
  readonly key: string;
  /** Of headers and payload. */
  readonly bytes: number;
  /** What the bus said, for people. */
  readonly failure: string;
  readonly createdAt: Date;
};

/** Failed messages of one service's outbox, as an operator sees and treats them. */
export type FailedMessages = {
  /** Oldest first; `after` is the last id of the page before. */
  page(page: {
    readonly after: number;
    readonly limit: number;
  }): Promise<FailedMessage[]>;
  /** Has it published again, and then its subject. Refused with `not-found` when it does not wait (any more): run it `once`. */
  retry(tx: Tx, id: number, operator: Operator): Promise<FailedMessage>;
  /** Gives it up for good; its subject flows on without it. Refused as `retry`. */
  discard(tx: Tx, id: number, operator: Operator): Promise<FailedMessage>;
};

const columns = `position AS id, id AS "messageId", subject, type, topic, key, failure,
  octet_length(headers::text) + octet_length(payload) AS bytes, created_at AS "createdAt"`;

/** Materialized: else it may look for them among all that waits. */
const page = statement(
  "failed-messages-page",
  `WITH failed AS MATERIALIZED (SELECT position FROM outbox WHERE failure IS NOT NULL)
   SELECT ${columns} FROM outbox
   WHERE position IN (SELECT position FROM failed WHERE position > $1 ORDER BY position LIMIT $2)
   ORDER BY position`,
);

const retry = statement(
  "failed-messages-retry",
  `WITH failed AS (
     SELECT ${columns} FROM outbox WHERE position = $1 AND failure IS NOT NULL FOR UPDATE
   ), freed AS (
     UPDATE outbox SET failure = NULL WHERE position IN (SELECT id FROM failed)
   )
   SELECT * FROM failed`,
);

const discard = statement(
  "failed-messages-discard",
  `DELETE FROM outbox WHERE position = $1 AND failure IS NOT NULL RETURNING ${columns}, headers, payload`,
);

/** Of a payload that no topic takes the audit keeps so many characters. */
const keptCharacters = 10_000;

/** `wake` rouses the relay. */
export function failedMessagesOf({
  db,
  wake,
}: {
  readonly db: Queryable;
  readonly wake: () => void;
}): FailedMessages {
  return {
    page: ({ after, limit }) => db.query<FailedMessage>(page, [after, limit]),

    async retry(tx, id, operator) {
      const message = found(await tx.query<FailedMessage>(retry, [id]));
      tx.afterCommit(wake);
      recordAction(tx, {
        ...{ operator, action: "outbox.retry", target: String(id) },
        ...{ before: summaryOf(message), after: { outcome: "retried" } },
      });
      return message;
    },

    async discard(tx, id, operator) {
      const { headers, payload, ...message } = found(
        await tx.query<DiscardedMessage>(discard, [id]),
      );
      tx.afterCommit(wake);
      const kept = shownPayload(payload).slice(0, keptCharacters);
      recordAction(tx, {
        ...{ operator, action: "outbox.discard", target: String(id) },
        before: { ...summaryOf(message), headers, payload: kept },
        after: { outcome: "discarded" },
      });
      return message;
    },
  };
}

type DiscardedMessage = FailedMessage & {
  readonly headers: unknown;
  readonly payload: string;
};

const summaryOf = ({ id, ...message }: FailedMessage) => message;

function found<Row>([row]: readonly Row[]): Row {
  if (row !== undefined) return row;
  throw new Refusal(
    "not-found",
    "No such message of the outbox waits for an operator (any more).",
  );
}
