import { contractOf } from "@cartwright/contracts/catalogue";
import { serviceNames } from "@cartwright/contracts/services";
import {
  openDatabase,
  type Database,
} from "@cartwright/database/open-database";
import { days, hours } from "@cartwright/kernel/duration";
import {
  cutTopics,
  GroupsInUse,
  type Counts,
} from "@cartwright/messaging/cut-topics";
import type { ReceivedRecord } from "@cartwright/messaging/bus";
import { recordAction } from "@cartwright/messaging/operator-actions";
import { silentLogger } from "@cartwright/observability/logger";
import { kafkaSecurity } from "@cartwright/service/kafka-config";
import { ConfigError, parseConfig } from "@cartwright/service/load-config";
import type { z } from "zod";
import { cutConfig } from "../config.ts";
import { CommandFailed, UsageError } from "../failures.ts";
import type { Environment } from "../sign-in.ts";
import { isEvent, knownAmong, statusesOf } from "./aggregates.ts";
import { JournalWriter, type Journal } from "./journal.ts";

/** Nobody was further behind when the backup was made. */
const furthestBehind = hours(1);
/** What topics keep. */
const kept = days(7);
/** So long sagas wait, before silence means anything, for an operator to have them ask again. */
const patience = "1 hour";

export type CutOrder = {
  readonly reason: string;
  /** What is known to be lost; with nothing lost, where nothing was cut before. */
  readonly before: Journal;
  /** Awaited before anything is deleted. */
  readonly write: (journal: Journal) => Promise<void>;
};

/**
 * While nothing runs: leaves on the topics what the restored database stands behind, gives sagas time, and tells what
 * the database has lost.
 */
export async function cut(
  environment: Environment,
  { reason, before, write }: CutOrder,
): Promise<Counts> {
  const settings = settingsIn(environment);
  const from = new Date(Date.parse(before.backup) - furthestBehind);
  if (Date.parse(before.backup) > Date.now())
    throw new CommandFailed(`No backup is made at ${before.backup} yet.`);
  if (from.getTime() < Date.now() - kept)
    throw new CommandFailed(
      "The topics no longer have all that was published since then: they keep it for seven days.",
    );
  const db = administering(settings.DATABASE_URL);
  const writer = new JournalWriter(before);
  try {
    return await cutTopics(
      {
        brokers: settings.KAFKA_BROKERS,
        security: kafkaSecurity(settings),
        ...{ clientId: "reconcile", logger: silentLogger },
      },
      {
        ...{ from, groups: serviceNames },
        keep: (records) => keep(db, records, writer),
        async beforeDeleting(counts) {
          await write(writer.journal(before.backup));
          await giveTime(db, { reason, from, counts });
        },
      },
    );
  } catch (error) {
    if (error instanceof GroupsInUse) throw new CommandFailed(error.message);
    throw new CommandFailed(
      `Stopped: ${String(error)}. Nothing that is lost is forgotten; once the cause is gone, run it again with the same journal.`,
      { cause: error },
    );
  } finally {
    await db.stop?.();
  }
}

const administering = (url: string): Database =>
  openDatabase({
    ...{ url, schema: "public", maxConnections: 2 },
    applicationName: "reconcile",
  });

function settingsIn(environment: Environment): z.output<typeof cutConfig> {
  try {
    return parseConfig(cutConfig, environment);
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message);
    throw error;
  }
}

/** Commands are not kept: sagas ask again. */
async function keep(
  db: Database,
  records: readonly ReceivedRecord[],
  writer: JournalWriter,
): Promise<readonly ReceivedRecord[]> {
  const events = records.filter(isEvent);
  const known = await knownAmong(db, events);
  for (const event of events) if (!known.has(event)) writer.lostEvent(event);
  const commands = records.filter(
    ({ headers }) => contractOf(headers.ce_type ?? "")?.kind === "command",
  );
  const statuses = await statusesOf(
    db,
    commands.map(({ key }) => key),
  );
  for (const command of commands)
    writer.command(command, statuses.get(command.key));
  return events.filter((event) => known.has(event));
}

const postpone = `UPDATE "order".saga_instances
  SET deadline = greatest(deadline, now() + interval '${patience}'),
      wake_at = greatest(wake_at, now() + interval '${patience}'), step_since = now()
  WHERE deadline IS NOT NULL RETURNING id`;

/** The sagas' deadlines are of before; what was in hand is waited for anew. */
const giveTime = (
  db: Database,
  done: {
    readonly reason: string;
    readonly from: Date;
    readonly counts: Counts;
  },
): Promise<void> =>
  db.transaction(async (tx) => {
    await tx.query(`SET LOCAL search_path TO "order"`);
    const waiting = await tx.query(postpone);
    recordAction(tx, {
      operator: { id: "administrator", reason: done.reason },
      ...{ action: "reconcile.cut", target: "topics" },
      before: { from: done.from.toISOString() },
      after: { ...done.counts, sagas: waiting.length },
    });
  });
