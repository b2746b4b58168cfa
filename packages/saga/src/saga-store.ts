import { statement, type Queryable, type Tx } from "@cartwright/database/tx";
import type { Duration } from "@cartwright/kernel/duration";
import type { SagaInstance, SagaLogLine } from "./instance.ts";

/** An instance to be saved; `dueIn` null clears its deadline, undefined keeps it. */
export type SavedInstance = {
  readonly instance: SagaInstance;
  readonly dueIn: Duration | null | undefined;
};

const columns = `id, saga, version, key, status, direction, step, memory, command_id AS "commandId",
  attempt, sequence, logged, unwanted, reason, cause`;

const rows = `unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::json[], $9::uuid[], $10::int[], $11::int[], $12::int[], $13::bool[], $14::text[], $15::json[], $16::int[])
  AS rows (id, saga, version, key, status, direction, step, memory, command_id,
    attempt, sequence, logged, unwanted, reason, cause, due_in)`;

const lockByKeys = statement(
  "saga-lock-by-keys",
  `SELECT ${columns} FROM saga_instances WHERE key = ANY ($1::text[]) ORDER BY id FOR UPDATE`,
);

const lockDue = statement(
  "saga-lock-due",
  `SELECT ${columns}, (extract(epoch FROM now() - step_since) * 1000)::float8 AS waited
   FROM saga_instances WHERE deadline <= now() AND saga || '#' || version = ANY ($2::text[])
   ORDER BY deadline LIMIT $1 FOR UPDATE SKIP LOCKED`,
);

const insert = statement(
  "saga-insert",
  `INSERT INTO saga_instances (id, saga, version, key, status, direction, step, memory, command_id,
     attempt, sequence, logged, unwanted, reason, cause, deadline)
   SELECT id, saga, version, key, status, direction, step, memory, command_id,
     attempt, sequence, logged, unwanted, reason, cause, now() + due_in * interval '1 millisecond'
   FROM ${rows}`,
);

const update = statement(
  "saga-update",
  `UPDATE saga_instances AS saga SET status = rows.status, direction = rows.direction, step = rows.step,
     memory = rows.memory, command_id = rows.command_id, attempt = rows.attempt, sequence = rows.sequence,
     logged = rows.logged, unwanted = rows.unwanted, reason = rows.reason,
     step_since = CASE WHEN saga.command_id IS DISTINCT FROM rows.command_id THEN now() ELSE saga.step_since END,
     deadline = CASE WHEN rows.due_in IS NULL THEN saga.deadline
                     WHEN rows.due_in >= 0 THEN now() + rows.due_in * interval '1 millisecond' END
   FROM ${rows} WHERE saga.id = rows.id`,
);

const insertLog = statement(
  "saga-log-insert",
  `INSERT INTO saga_log (saga_id, sequence, step, entry, detail)
   SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[])`,
);

/** The SQL of saga instances and their log. Deadlines are in the database's time. */
export const sagaStore = {
  /** Every instance about these keys, locked in the order of their ids. */
  lockByKeys: (tx: Tx, keys: readonly string[]): Promise<SagaInstance[]> =>
    tx.query<SagaInstance>(lockByKeys, [keys]),

  /**
   * Instances of these `name#version`s whose deadline has passed and that no other process holds;
   * `waited` in milliseconds.
   */
  lockDue: (
    tx: Tx,
    limit: number,
    versions: readonly string[],
  ): Promise<(SagaInstance & { readonly waited: Duration })[]> =>
    tx.query<SagaInstance & { waited: number }>(lockDue, [limit, versions]),

  async insert(tx: Tx, saved: readonly SavedInstance[]): Promise<void> {
    if (saved.length > 0) await tx.query(insert, valuesOf(saved));
  },

  async update(tx: Tx, saved: readonly SavedInstance[]): Promise<void> {
    if (saved.length > 0) await tx.query(update, valuesOf(saved));
  },

  async appendLog(tx: Tx, lines: readonly SagaLogLine[]): Promise<void> {
    if (lines.length === 0) return;
    await tx.query(insertLog, [
      lines.map(({ sagaId }) => sagaId),
      lines.map(({ sequence }) => sequence),
      lines.map(({ step }) => step),
      lines.map(({ entry }) => entry),
      lines.map(({ detail }) => detail),
    ]);
  },

  /** The story of every saga about a key, oldest first. */
  log: (
    db: Queryable,
    key: string,
  ): Promise<
    (Omit<SagaLogLine, "sagaId"> & {
      readonly saga: string;
      readonly at: Date;
    })[]
  > =>
    db.query(
      statement(
        "saga-log-read",
        `SELECT saga, log.sequence, log.step, entry, detail, at
         FROM saga_log AS log JOIN saga_instances AS instance ON instance.id = saga_id
         WHERE key = $1 ORDER BY started_at, saga_id, log.sequence`,
      ),
      [key],
    ),
};

const cleared = -1;

const valuesOf = (saved: readonly SavedInstance[]): unknown[] => {
  const column = (value: (instance: SagaInstance) => unknown) =>
    saved.map(({ instance }) => value(instance));
  return [
    column(({ id }) => id),
    column(({ saga }) => saga),
    column(({ version }) => version),
    column(({ key }) => key),
    column(({ status }) => status),
    column(({ direction }) => direction),
    column(({ step }) => step),
    column(({ memory }) => JSON.stringify(memory)),
    column(({ commandId }) => commandId),
    column(({ attempt }) => attempt),
    column(({ sequence }) => sequence),
    column(({ logged }) => logged),
    column(({ unwanted }) => unwanted),
    column(({ reason }) => reason),
    column(({ cause }) => JSON.stringify(cause)),
    saved.map(({ dueIn }) =>
      dueIn === undefined ? null : dueIn === null ? cleared : Math.round(dueIn),
    ),
  ];
};
