import { statement, type Queryable, type Tx } from "@cartwright/database/tx";
import type { Duration } from "@cartwright/kernel/duration";
import type { SagaInstance, SagaLogLine } from "./instance.ts";
import type { KnownMemories } from "./known-memories.ts";
import { remembering, type Progress } from "./memory-reads.ts";

/** An instance to be saved; `dueIn` null clears its deadline, undefined keeps it. */
export type SavedInstance = {
  readonly instance: SagaInstance;
  readonly dueIn: Duration | null | undefined;
  /** Whether it remembers something new. */
  readonly learnt: boolean;
};

/** The row that every step rewrites, called `saga`. */
export const progress = `saga.id, saga, version, key, status, direction, step, command_id AS "commandId",
  attempt, sequence, logged, unwanted, reason`;

/** An instance whole, of `tables`; not to be read while its row is locked. */
export const columns = `${progress}, memory, cause`;

export const tables = `saga_instances AS saga JOIN saga_memories AS memories ON memories.id = saga.id`;

const lockByKeys = statement(
  "saga-lock-by-keys",
  `SELECT ${progress} FROM saga_instances AS saga WHERE key = ANY ($1::text[]) ORDER BY id FOR UPDATE`,
);

const lockById = statement(
  "saga-lock-by-id",
  `SELECT ${progress} FROM saga_instances AS saga WHERE id = $1 FOR UPDATE`,
);

const restartClock = statement(
  "saga-restart-clock",
  `UPDATE saga_instances SET step_since = now() WHERE id = $1`,
);

const lockDue = statement(
  "saga-lock-due",
  `SELECT ${progress}, (extract(epoch FROM now() - step_since) * 1000)::float8 AS waited
   FROM saga_instances AS saga WHERE wake_at <= now() AND deadline <= now() AND saga || '#' || version = ANY ($2::text[])
   ORDER BY wake_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
);

/** Of instances that have come further since their wake-up was set, and now have a later deadline. */
const snooze = statement(
  "saga-snooze",
  `UPDATE saga_instances SET wake_at = deadline WHERE ctid = ANY (ARRAY (
     SELECT ctid FROM saga_instances WHERE wake_at <= now() AND (deadline IS NULL OR deadline > now())
     ORDER BY wake_at LIMIT $1 FOR UPDATE SKIP LOCKED))`,
);

const insert = statement(
  "saga-insert",
  `INSERT INTO saga_instances (id, status, direction, step, command_id, attempt, sequence, logged,
     unwanted, reason, deadline, wake_at, saga, version, key)
   SELECT id, status, direction, step, command_id, attempt, sequence, logged, unwanted, reason,
     due_at, due_at, saga, version, key
   FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::int[], $7::int[], $8::int[],
       $9::bool[], $10::text[], $11::int[], $12::text[], $13::int[], $14::text[])
     AS rows (id, status, direction, step, command_id, attempt, sequence, logged, unwanted, reason,
       due_in, saga, version, key),
     LATERAL (SELECT now() + due_in * interval '1 millisecond' AS due_at) AS due`,
);

const update = statement(
  "saga-update",
  `UPDATE saga_instances AS saga SET status = rows.status, direction = rows.direction, step = rows.step,
     command_id = rows.command_id, attempt = rows.attempt, sequence = rows.sequence,
     logged = rows.logged, unwanted = rows.unwanted, reason = rows.reason,
     step_since = CASE WHEN saga.command_id IS DISTINCT FROM rows.command_id THEN now() ELSE saga.step_since END,
     deadline = CASE WHEN rows.due_in IS NULL THEN saga.deadline
                     WHEN rows.due_in >= 0 THEN now() + rows.due_in * interval '1 millisecond' END,
     wake_at = CASE WHEN rows.due_in IS NULL THEN saga.wake_at
                    WHEN rows.due_in >= 0
                      THEN least(saga.wake_at, now() + rows.due_in * interval '1 millisecond') END
   FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::int[], $7::int[], $8::int[],
       $9::bool[], $10::text[], $11::int[])
     AS rows (id, status, direction, step, command_id, attempt, sequence, logged, unwanted, reason, due_in)
   WHERE saga.id = rows.id`,
);

const insertMemories = statement(
  "saga-memories-insert",
  `INSERT INTO saga_memories (id, memory, cause)
   SELECT * FROM unnest($1::uuid[], $2::json[], $3::json[])`,
);

const updateMemories = statement(
  "saga-memories-update",
  `UPDATE saga_memories SET memory = rows.memory
   FROM unnest($1::uuid[], $2::json[]) AS rows (id, memory) WHERE saga_memories.id = rows.id`,
);

const insertLog = statement(
  "saga-log-insert",
  `INSERT INTO saga_log (saga_id, sequence, step, entry, detail)
   SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[])`,
);

/** The SQL of saga instances and their log. Deadlines are in the database's time. */
export const sagaStore = {
  /** Every instance about these keys, locked in the order of their ids. */
  async lockByKeys(
    tx: Tx,
    keys: readonly string[],
    known?: KnownMemories,
  ): Promise<SagaInstance[]> {
    const locked = await tx.query<Progress>(lockByKeys, [keys]);
    return remembering(tx, locked, known);
  },

  async lockById(tx: Tx, id: string): Promise<SagaInstance | undefined> {
    const locked = await tx.query<Progress>(lockById, [id]);
    return (await remembering(tx, locked))[0];
  },

  /** From now on the step in hand is waited for as if it had just been entered. */
  restartClock(tx: Tx, id: string): void {
    tx.send(restartClock, [id]);
  },

  /**
   * Instances of these `name#version`s whose deadline has passed and that no other process holds;
   * `waited` in milliseconds.
   */
  async lockDue(
    tx: Tx,
    limit: number,
    versions: readonly string[],
  ): Promise<(SagaInstance & { readonly waited: Duration })[]> {
    const due = tx.query<Progress & { waited: number }>(lockDue, [
      limit,
      versions,
    ]);
    tx.send(snooze, [snoozedAtOnce]);
    return remembering(tx, await due);
  },

  insert(tx: Tx, saved: readonly SavedInstance[]): void {
    if (saved.length === 0) return;
    const column = columnOf(saved);
    tx.send(insert, [
      ...progressOf(saved),
      column(({ saga }) => saga),
      column(({ version }) => version),
      column(({ key }) => key),
    ]);
    tx.send(insertMemories, [
      column(({ id }) => id),
      column(({ memory }) => JSON.stringify(memory)),
      column(({ cause }) => JSON.stringify(cause)),
    ]);
  },

  /** What is remembered has a row of its own, because it seldom changes and is much larger than the rest. */
  update(tx: Tx, saved: readonly SavedInstance[]): void {
    if (saved.length === 0) return;
    const wiser = columnOf(saved.filter(({ learnt }) => learnt));
    const ids = wiser(({ id }) => id);
    tx.send(update, progressOf(saved));
    if (ids.length > 0)
      tx.send(updateMemories, [
        ids,
        wiser(({ memory }) => JSON.stringify(memory)),
      ]);
  },

  appendLog(tx: Tx, lines: readonly SagaLogLine[]): void {
    if (lines.length === 0) return;
    tx.send(insertLog, [
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
const snoozedAtOnce = 1_000;

const columnOf =
  (saved: readonly SavedInstance[]) =>
  <T>(value: (instance: SagaInstance) => T): T[] =>
    saved.map(({ instance }) => value(instance));

const progressOf = (saved: readonly SavedInstance[]): unknown[] => {
  const column = columnOf(saved);
  return [
    column(({ id }) => id),
    column(({ status }) => status),
    column(({ direction }) => direction),
    column(({ step }) => step),
    column(({ commandId }) => commandId),
    column(({ attempt }) => attempt),
    column(({ sequence }) => sequence),
    column(({ logged }) => logged),
    column(({ unwanted }) => unwanted),
    column(({ reason }) => reason),
    saved.map(({ dueIn }) =>
      dueIn === undefined ? null : dueIn === null ? cleared : Math.round(dueIn),
    ),
  ];
};
