import { seconds } from "@cartwright/kernel/duration";
import { isCertain, outcomeOf, type Posting } from "../history.ts";
import {
  isTerminal,
  violation,
  type Evidence,
  type Violation,
} from "./evidence.ts";

type Orders = Pick<
  Evidence,
  "history" | "orders" | "openSagas" | "lastFaultAt"
>;

/** How long after the last fault, or its own beginning, an order may be on its way. */
export const endsWithin = seconds(60);

/** I5: every order ends in time. I11: what was accepted is there. I12: one key is one order. */
export const orderViolations = (evidence: Orders): Violation[] => [
  ...ended(evidence),
  ...there(evidence),
  ...onePerKey(evidence.history.postings),
  ...wanted(evidence),
  ...createdOnce(evidence.history),
];

const ended = ({ orders, openSagas, lastFaultAt }: Orders): Violation[] => [
  ...violation(
    "I5",
    "an order has not ended",
    orders
      .filter((order) => !isTerminal(order))
      .map(({ id, status }) => ({ id, status })),
  ),
  ...violation("I5", "a saga has not ended", openSagas),
  ...violation(
    "I5",
    `an order took more than ${endsWithin / 1_000} s, faults aside`,
    orders
      .map(({ id, createdAt, endedAt }) => ({
        id,
        took: (endedAt ?? 0) - Math.max(createdAt, lastFaultAt),
      }))
      .filter(({ took }) => took > endsWithin),
  ),
];

const idsIn = ({ replies }: Posting): string[] => [
  ...new Set(replies.flatMap(({ orderId }) => orderId ?? [])),
];

function there({ history, orders }: Orders): Violation[] {
  const known = new Set(orders.map(({ id }) => id));
  return violation(
    "I11",
    "an accepted order is not there",
    history.postings.flatMap(idsIn).filter((id) => !known.has(id)),
  );
}

function onePerKey(postings: readonly Posting[]): Violation[] {
  const keysOf = Map.groupBy(
    postings.flatMap((posting) =>
      idsIn(posting).map((id) => ({ id, key: posting.key })),
    ),
    ({ id }) => id,
  );
  return [
    ...violation(
      "I12",
      "one key was given several orders",
      postings
        .filter((posting) => idsIn(posting).length > 1)
        .map((posting) => ({ key: posting.key, orders: idsIn(posting) })),
    ),
    ...violation(
      "I12",
      "several keys were given one order",
      [...keysOf.values()].filter((rows) => rows.length > 1),
    ),
    ...violation(
      "I12",
      "a key was taken for another request",
      postings
        .filter(({ misuses }) => misuses.some(({ status }) => isTaken(status)))
        .map(({ key, misuses }) => ({ key, misuses })),
    ),
  ];
}

/** A second creation would find the first one's SKU taken. */
const createdOnce = ({ creations }: Orders["history"]): Violation[] =>
  violation(
    "I12",
    "a product was refused to the one who had just created it",
    creations.filter(
      ({ replies }) =>
        outcomeOf({ replies }) !== "ok" && replies.slice(-1).some(isCertain),
    ),
  );

/** Only a refusal for the reused key will do; no answer is no answer. */
const isTaken = (status: number): boolean =>
  status !== 422 && status > 0 && status < 500;

/** A posting without a certain answer may have left one order behind; any other order needs a wish. */
function wanted({ history, orders }: Orders): Violation[] {
  const answered = new Set(history.postings.flatMap(idsIn));
  const uncertain = new Map<string, number>();
  for (const posting of history.postings)
    if (outcomeOf(posting) === "info")
      uncertain.set(
        posting.customerId,
        (uncertain.get(posting.customerId) ?? 0) + 1,
      );
  const strays = Map.groupBy(
    orders.filter(({ id }) => !answered.has(id)),
    ({ customerId }) => customerId,
  );
  return violation(
    "I12",
    "there are orders that nobody was told of",
    [...strays]
      .filter(
        ([customer, rows]) => rows.length > (uncertain.get(customer) ?? 0),
      )
      .map(([customer, rows]) => ({ customer, orders: rows.length })),
  );
}
