import { days } from "@cartwright/kernel/duration";
import { madeAt } from "@cartwright/kernel/ids";
import { noPartition } from "../sql-error.ts";
import type { Waiting } from "../table.ts";
import { keyOf, type TableDefinition } from "../table-definition.ts";
import { optimistic, type Run, type Twin, type Twins } from "../twin.ts";
import {
  at,
  date,
  int,
  ints,
  rowsFrom,
  sortedBy,
  text,
  uuid,
  uuids,
} from "./values.ts";

export type InboxRow = {
  readonly consumer: string;
  readonly message_id: string;
};

export type CommandInboxRow = {
  readonly consumer: string;
  readonly command_id: string;
  readonly attempt: number;
  readonly received_at: number;
};

export type ConsumerRow = {
  readonly consumer: string;
  readonly began_at: number;
};

/** A partition of the inbox: the events whose ids were made on one day, counted from 1970. */
export type InboxDayRow = { readonly day: number };

export const inbox: TableDefinition<InboxRow> = {
  name: "inbox",
  key: ({ consumer, message_id }) => keyOf(consumer, message_id),
};

export const commandInbox: TableDefinition<CommandInboxRow> = {
  name: "command_inbox",
  key: ({ consumer, command_id, attempt }) =>
    keyOf(consumer, command_id, attempt),
};

export const consumers: TableDefinition<ConsumerRow> = {
  name: "consumers",
  key: ({ consumer }) => consumer,
};

export const inboxDays: TableDefinition<InboxDayRow> = {
  name: "inbox partitions",
  key: ({ day }) => String(day),
};

/** The day in which an id of version 7 was made. */
const dayOf = (id: string): number => Math.floor(madeAt(id) / days(1));

const recordEvents: Twin = function* (run, values) {
  const consumer = text(values[0]);
  const table = run.table(inbox);
  const partitions = run.table(inboxDays);
  const ids = uuids(values[1]);
  const fresh = new Set<string>();
  for (const id of sortedBy(ids, (id) => id)) {
    if (!partitions.find(run.tx, String(dayOf(id)))) throw noPartition("inbox");
    const row = { consumer, message_id: id };
    if (yield* table.insertUnlessThere(run, row)) fresh.add(id);
  }
  return placesOf(ids, (id) => !fresh.has(id));
};

const recordCommands: Twin = function* (run, values) {
  const consumer = text(values[0]);
  const [ids, attempts] = [uuids(values[1]), ints(values[2])];
  const commands = rowsFrom(ids, (index) => ({
    command_id: at(ids, index),
    attempt: at(attempts, index),
  }));
  const fresh = new Set<string>();
  for (const command of sortedBy(
    commands,
    ({ command_id }) => command_id,
    ({ attempt }) => attempt,
  )) {
    const row = { consumer, ...command, received_at: run.now };
    if (yield* run.table(commandInbox).insertUnlessThere(run, row))
      fresh.add(commandInbox.key(row));
  }
  return placesOf(
    commands,
    (command) =>
      !fresh.has(commandInbox.key({ consumer, ...command, received_at: 0 })),
  );
};

/** Counted from 1. */
const placesOf = <T>(items: readonly T[], is: (item: T) => boolean): object[] =>
  items.flatMap((item, index) => (is(item) ? [{ place: index + 1 }] : []));

const rememberDiscarded: Twin = function* (run, values) {
  yield* run.table(commandInbox).insertUnlessThere(run, {
    consumer: text(values[0]),
    command_id: uuid(values[1]),
    attempt: 0,
    received_at: run.now,
  });
  return [];
};

const findDiscarded: Twin = function* (run, values) {
  const consumer = text(values[0]);
  const keys = uuids(values[1]).map((id) => keyOf(consumer, id, 0));
  return run
    .table(commandInbox)
    .findEach(run.tx, keys)
    .map(({ row }) => ({ id: row.command_id }));
};

const began: Twin = function* (run, values) {
  const consumer = text(values[0]);
  const row = yield* run
    .table(consumers)
    .upsert(run, { consumer, began_at: run.now }, (old) => old);
  return [{ beganAt: date(row?.began_at ?? run.now) }];
};

/** Days in UTC, in which the server runs. */
const keepPartitions: Twin = function* (run, values) {
  const [back, ahead] = [int(values[0]), int(values[1])];
  const today = Math.floor(run.now / days(1));
  const partitions = run.table(inboxDays);
  for (let day = today - back; day <= today + ahead; day += 1)
    yield* partitions.insertUnlessThere(run, { day });
  yield* dropDays(run, today - back);
  return [{ keep_inbox_partitions: "" }];
};

function* dropDays(run: Run, before: number): Waiting<void> {
  const partitions = run.table(inboxDays);
  const old = [...partitions.scan(run.tx)].filter(
    ({ row }) => row.day < before,
  );
  if (old.length === 0) return;
  const events = [...run.table(inbox).scan(run.tx)].filter(
    ({ row }) => dayOf(row.message_id) < before,
  );
  for (const found of old) yield* partitions.delete(run, found);
  for (const found of events) yield* run.table(inbox).delete(run, found);
}

export const inboxTwins: Twins = {
  "inbox-record-events": recordEvents,
  "inbox-record-events-optimistic": optimistic(recordEvents),
  "inbox-record-commands": recordCommands,
  "inbox-record-commands-optimistic": optimistic(recordCommands),
  "discarded-remember": rememberDiscarded,
  "discarded-find": findDiscarded,
  "consumer-began": began,
  "maintenance-inbox": keepPartitions,
};
