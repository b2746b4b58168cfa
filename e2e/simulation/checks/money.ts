import { paymentIdOf } from "@cartwright/app-payment/domain/payment";
import type { LedgerEntry } from "../outside/provider.ts";
import type { Row } from "../tables.ts";
import { must } from "../violation.ts";
import type { World } from "../world.ts";

const live = new Set(["pending", "authorized", "captured"]);

/** I1 and I2: money is taken once for what is sold, given back for what is not, and both books agree. */
export function checkMoney(world: World): void {
  const { tables, provider } = world;
  const theirs = Map.groupBy(provider.ledger, ({ reference }) => reference);
  const ours = Map.groupBy(tables.rows("payment", "ledger_transfers"), (row) =>
    String(row["payment_id"]),
  );
  const held = Map.groupBy(
    [...provider.authorizations.values()].filter(({ status }) =>
      live.has(status),
    ),
    ({ reference }) => reference,
  );
  for (const order of tables.rows("order", "orders")) {
    const id = paymentIdOf(String(order["id"]));
    const entries = theirs.get(id) ?? [];
    checkOnce(id, entries);
    const status = String(order["status"]);
    if (status === "pending" || status === "cancelling") continue;
    const due = status === "cancelled" ? 0 : Number(order["total_amount"]);
    const say = (what: string) => () =>
      `${what}: order ${String(order["id"])} is ${status}, payment ${id}, due ${due}, provider ${JSON.stringify(entries)}`;
    must(balance(entries) === due, "I1", say("the provider took another sum"));
    const holds = held.get(id) ?? [];
    must(
      holds.length === (due > 0 ? 1 : 0),
      "I1",
      say(`the provider holds ${holds.length} authorizations`),
    );
    must(
      sameEntries(entries, ours.get(id) ?? []),
      "I1",
      say(`our ledger says ${JSON.stringify(ours.get(id) ?? [])}`),
    );
  }
}

function checkOnce(payment: string, entries: readonly LedgerEntry[]): void {
  for (const kind of ["capture", "refund"] as const)
    must(
      entries.filter((entry) => entry.kind === kind).length <= 1,
      "I2",
      () =>
        `payment ${payment} has more than one ${kind}: ${JSON.stringify(entries)}`,
    );
}

const balance = (entries: readonly LedgerEntry[]): number =>
  entries.reduce(
    (sum, { kind, amount }) => sum + (kind === "capture" ? amount : -amount),
    0,
  );

const sameEntries = (
  theirs: readonly LedgerEntry[],
  ours: readonly Row[],
): boolean =>
  text(theirs.map(({ kind, amount }) => `${kind} ${amount}`)) ===
  text(ours.map(({ kind, amount }) => `${String(kind)} ${Number(amount)}`));

const text = (lines: readonly string[]): string => lines.toSorted().join();
