import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { reasonOf, type Command, type Input, type Result } from "../command.ts";
import { CommandFailed, UsageError } from "../failures.ts";
import type { Options } from "../options.ts";
import type { Environment } from "../sign-in.ts";
import { emptyJournal, type Journal } from "../reconcile/journal.ts";
import { table } from "../table.ts";

const root = "/operations/order/reconciliation";
const ordersPerRequest = 100;

/** After a restored backup, or a failover that has lost commits. */
export const reconcileCommands: readonly Command[] = [
  {
    name: "reconcile cut",
    options: ["from", "journal", "reason"],
    summary:
      "While nothing runs: leave on the topics what the database restored from the backup of --from stands behind, and write to --journal what it has lost; needs DATABASE_URL and KAFKA_BROKERS instead of a login",
    offline,
  },
  {
    name: "reconcile orders",
    options: ["journal", "reason"],
    summary:
      "Have sagas ask again, and bring the orders of a --journal to their ends; repeat it until none is open",
    run: orders,
  },
];

async function offline({
  options,
  environment,
}: {
  readonly options: Options;
  readonly environment: Environment;
}): Promise<Result> {
  const path = journalOf(options);
  if (Number.isNaN(Date.parse(options.from ?? "")))
    throw new UsageError(
      "Name the time of the backup, as in --from 2026-05-01T12:00:00Z",
    );
  const reason = reasonOf(options);
  const backup = new Date(options.from ?? "").toISOString();
  let journal = existsSync(path) ? await read(path) : emptyJournal(backup);
  if (journal.backup !== backup)
    throw new CommandFailed(`${path} is of the backup of ${journal.backup}.`);
  const write = async (written: Journal): Promise<void> => {
    journal = written;
    const text = JSON.stringify(journal, undefined, 1);
    await writeFile(path, text, { mode: 0o600 });
  };
  // Loaded where it is needed: other commands want neither a broker's nor a database's client.
  const { cut } = await import("../reconcile/cut.ts");
  const counts = await cut(environment, { reason, before: journal, write });
  return {
    data: { ...counts, journal },
    text: [`${counts.kept} of ${counts.read} messages are kept.`]
      .concat(summaryOf(journal))
      .join("\n"),
  };
}

function summaryOf({ orders, lost, facts }: Journal): string[] {
  const unknown = orders.filter(({ created }) => created !== undefined).length;
  const counts = Object.entries(lost).map(([type, ids]) => [type, ids.length]);
  const byHand = facts.map(({ type, subject, time }) => [type, subject, time]);
  return [
    `${unknown} orders are lost; ${orders.length - unknown} had come further than the database knows, or may have.`,
    "",
    table(["lost events", "count"], counts, "No event is lost."),
    "",
    table(
      ["to be said again", "about", "at"],
      byHand,
      "Nothing is to be said again.",
    ),
  ];
}

type Reconciled = {
  readonly items: readonly {
    readonly orderId: string;
    readonly outcome: string;
  }[];
};

async function orders({ api, options }: Input): Promise<Result> {
  const reason = reasonOf(options);
  const journal = await read(journalOf(options));
  let asked = 0;
  let cursor: string | undefined;
  do {
    const page: { readonly asked: number; readonly nextCursor?: string } =
      await api.post(`${root}/questions`, { reason, cursor });
    asked += page.asked;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  const outcomes: Record<string, number> = {};
  for (let at = 0; at < journal.orders.length; at += ordersPerRequest) {
    const some = journal.orders.slice(at, at + ordersPerRequest);
    const { items } = await api.post<Reconciled>(root, {
      reason,
      orders: some,
    });
    for (const { outcome } of items)
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  const open = asked + (outcomes.begun ?? 0) + (outcomes["taken-back"] ?? 0);
  const text = [
    table(
      ["outcome", "orders"],
      Object.entries(outcomes),
      "No order was lost.",
    ),
    "",
    open === 0
      ? "None is open."
      : `${asked} sagas were asked to go on. Repeat this until none is open.`,
  ].join("\n");
  return { data: { asked, outcomes, open }, text };
}

function journalOf({ journal }: Options): string {
  if (journal !== undefined) return journal;
  throw new UsageError("Name the file of what is lost with --journal.");
}

async function read(path: string): Promise<Journal> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Journal;
  } catch {
    throw new CommandFailed(
      `${path} is no journal of \`reconcile cut\`, or cannot be read.`,
    );
  }
}
