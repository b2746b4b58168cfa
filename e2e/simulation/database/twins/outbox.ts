import type { TableDefinition } from "../table-definition.ts";
import { optimistic, type Run, type Twin, type Twins } from "../twin.ts";
import { commandAnswers } from "./command-answers.ts";
import { leases } from "./leases.ts";
import {
  at,
  bigint,
  bigints,
  int,
  json,
  orNull,
  rowsFrom,
  sortedBy,
  texts,
  uuid,
  uuids,
} from "./values.ts";

/** What both the outbox and the remembered answers keep of a message. */
export type MessageColumns = {
  readonly subject: string;
  readonly type: string;
  readonly topic: string;
  readonly key: string;
  readonly headers: string;
  readonly payload: string;
};

export type OutboxRow = MessageColumns & {
  readonly position: number;
  readonly id: string;
  readonly failure: string | null;
  readonly created_at: number;
};

export const outbox: TableDefinition<OutboxRow> = {
  name: "outbox",
  key: ({ position }) => String(position),
};

type AppendedMessage = MessageColumns & { readonly id: string };

const messagesOf = (values: readonly unknown[]): AppendedMessage[] => {
  const [ids, subjects] = [uuids(values[0]), texts(values[1])];
  const [types, topics, keys] = [
    texts(values[2]),
    texts(values[3]),
    texts(values[4]),
  ];
  const [headers, payloads] = [texts(values[5]), texts(values[6])];
  return rowsFrom(ids, (index) => ({
    id: at(ids, index),
    subject: at(subjects, index),
    type: at(types, index),
    topic: at(topics, index),
    key: at(keys, index),
    headers: at(headers, index),
    payload: at(payloads, index),
  }));
};

function* insert(run: Run, messages: readonly AppendedMessage[]) {
  const table = run.table(outbox);
  for (const message of messages)
    yield* table.insert(run, {
      ...message,
      position: table.nextIdentity(),
      failure: null,
      created_at: run.now,
    });
}

const append: Twin = function* (run, values) {
  yield* insert(run, messagesOf(values));
  return [];
};

const commandOf = (headers: string): string | undefined =>
  (json(headers) as Record<string, string>).ce_commandid;

/** What is remembered is written when all messages are. */
const appendAnswers: Twin = function* (run, values) {
  const messages = messagesOf(values);
  const commands = orNull.uuids(values[7]);
  yield* insert(run, messages);
  for (const [index, { id, ...message }] of messages.entries()) {
    const command = at(commands, index);
    if (command !== null)
      yield* run.table(commandAnswers).insertUnlessThere(run, {
        ...message,
        command_id: command,
        event_id: id,
        answered_at: run.now,
      });
  }
  return [];
};

const repeatAnswers: Twin = function* (run, values) {
  const found = run.table(commandAnswers).findEach(run.tx, uuids(values[0]));
  const answers = sortedBy(
    found.map(({ row }) => row),
    ({ command_id }) => command_id,
  );
  yield* insert(
    run,
    answers.map(({ event_id, command_id, answered_at, ...message }) => ({
      ...message,
      id: event_id,
    })),
  );
  return answers.map(({ headers }) => ({ commandId: commandOf(headers) }));
};

function holdsRelay(run: Run, values: readonly unknown[]): boolean {
  const [holder, token] = [uuid(values[0]), bigint(values[1])];
  const lease = run.table(leases).find(run.tx, "relay")?.row;
  return (
    lease?.holder === holder &&
    lease.token === token &&
    lease.expires_at > run.now
  );
}

/** The rows are found before those published are deleted, as by one snapshot. */
const exchange: Twin = function* (run, values) {
  const published = new Set(bigints(values[2]));
  const [limit, floor] = [int(values[3]), bigint(values[4])];
  const [blocked, largest] = [new Set(texts(values[5])), int(values[6])];
  if (!holdsRelay(run, values)) return [];
  const table = run.table(outbox);
  const sight = run.sight();
  const rows: OutboxRow[] = [];
  for (const { row } of limit > 0 ? table.scan(run.tx) : []) {
    if (row.position <= floor || published.has(row.position)) continue;
    if (blocked.has(row.subject)) continue;
    rows.push(row);
    if (rows.length >= limit) break;
  }
  const done = table.findEach(run.tx, [...published].map(String));
  for (const found of sortedBy(done, ({ row }) => row.position))
    yield* table.delete(run, found);
  if (rows.length === 0) return [{ ...sight, position: null }];
  return rows.map(({ position, subject, topic, key, headers, payload }) => ({
    ...sight,
    ...{ position, subject, topic, key, headers: json(headers) },
    payload: Buffer.byteLength(payload) <= largest ? payload : null,
    bytes: Buffer.byteLength(headers) + Buffer.byteLength(payload),
  }));
};

const payloads: Twin = function* (run, values) {
  const positions = bigints(values[0]).map(String);
  return run
    .table(outbox)
    .findEach(run.tx, positions)
    .map(({ row: { position, payload } }) => ({ position, payload }));
};

const failedSubjects: Twin = function* (run) {
  const failed = [...run.table(outbox).scan(run.tx)].filter(
    ({ row }) => row.failure !== null,
  );
  return [...new Set(failed.map(({ row }) => row.subject))].map((subject) => ({
    subject,
  }));
};

const setAside: Twin = function* (run, values) {
  const [positions, reasons] = [bigints(values[2]), texts(values[3])];
  if (!holdsRelay(run, values)) return [];
  const table = run.table(outbox);
  for (const [index, position] of positions.entries()) {
    const found = table.find(run.tx, String(position));
    if (found)
      yield* table.update(run, found, (row) => ({
        ...row,
        failure: at(reasons, index),
      }));
  }
  return [];
};

export const outboxTwins: Twins = {
  "outbox-append": append,
  "outbox-append-answers": appendAnswers,
  "outbox-append-answers-optimistic": optimistic(appendAnswers),
  "outbox-repeat-answers": repeatAnswers,
  "relay-exchange": exchange,
  "relay-payloads": payloads,
  "relay-failed-subjects": failedSubjects,
  "relay-set-aside": setAside,
};
