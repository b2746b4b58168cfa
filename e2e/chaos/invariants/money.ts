import {
  isSold,
  violation,
  type Evidence,
  type MoneyRow,
  type Violation,
} from "./evidence.ts";

type Money = Pick<
  Evidence,
  "orders" | "payments" | "ourLedger" | "providerLedger"
>;

/** I1: money is conserved, and our ledger is the provider's. I2: it moves once. */
export const moneyViolations = (evidence: Money): Violation[] => [
  ...conserved(evidence),
  ...agreed(evidence),
  ...movedOnce(evidence),
];

function conserved({
  orders,
  payments,
  providerLedger,
  ourLedger,
}: Money): Violation[] {
  const orderOf = new Map(payments.map(({ id, orderId }) => [id, orderId]));
  const taken = new Map<string, number>();
  for (const { paymentId, kind, amount } of providerLedger) {
    const order = orderOf.get(paymentId) ?? paymentId;
    const change = kind === "capture" ? amount : -amount;
    taken.set(order, (taken.get(order) ?? 0) + change);
  }
  const known = new Set(orders.map(({ id }) => id));
  return [
    ...violation(
      "I1",
      "an order's captures less its refunds are not what it costs",
      orders
        .map((order) => ({
          id: order.id,
          due: isSold(order) ? order.total : 0,
          taken: taken.get(order.id) ?? 0,
        }))
        .filter(({ due, taken: money }) => due !== money),
    ),
    ...violation(
      "I1",
      "the provider moved money of no order",
      [...taken.keys()].filter((order) => !known.has(order)),
    ),
    ...violation(
      "I1",
      "the accounts of our ledger are not what the provider owes",
      accounts(ourLedger).filter(
        ([account, balance]) =>
          balance !==
          (account === "provider"
            ? owed(providerLedger)
            : -owed(providerLedger)),
      ),
    ),
  ];
}

/** How far apart are what the orders cost, what we booked and what the provider took, minor units. */
export function moneyDrift({
  orders,
  ourLedger,
  providerLedger,
}: Money): number {
  const due = orders.filter(isSold).reduce((sum, { total }) => sum + total, 0);
  const sums = [due, owed(ourLedger), owed(providerLedger)];
  return Math.max(...sums) - Math.min(...sums);
}

/** What each account has been debited with, less what it was credited with. */
function accounts(ledger: Money["ourLedger"]): [string, number][] {
  const balances = new Map<string, number>();
  const add = (account: string, amount: number) =>
    balances.set(account, (balances.get(account) ?? 0) + amount);
  for (const { debit, credit, amount } of ledger) {
    add(debit, amount);
    add(credit, -amount);
  }
  return [...balances];
}

/** What the provider owes by its own ledger, minor units. */
export const owed = (ledger: readonly MoneyRow[]): number =>
  ledger.reduce(
    (sum, { kind, amount }) => sum + (kind === "capture" ? amount : -amount),
    0,
  );

const lineOf = ({ paymentId, kind, amount }: Money["providerLedger"][number]) =>
  `${paymentId} ${kind} ${amount}`;

function agreed({ ourLedger, providerLedger }: Money): Violation[] {
  const ours = new Set(ourLedger.map(lineOf));
  const theirs = new Set(providerLedger.map(lineOf));
  return [
    ...violation(
      "I1",
      "the provider moved money that our ledger does not know",
      [...theirs].filter((line) => !ours.has(line)),
    ),
    ...violation(
      "I1",
      "our ledger has money that the provider did not move",
      [...ours].filter((line) => !theirs.has(line)),
    ),
  ];
}

function movedOnce({ payments, providerLedger }: Money): Violation[] {
  const orderOf = new Map(payments.map(({ id, orderId }) => [id, orderId]));
  const counts = new Map<string, number>();
  for (const { paymentId, kind } of providerLedger) {
    const movement = `${kind} of ${orderOf.get(paymentId) ?? paymentId}`;
    counts.set(movement, (counts.get(movement) ?? 0) + 1);
  }
  return violation(
    "I2",
    "an order's money moved twice",
    [...counts].filter(([, count]) => count > 1),
  );
}
