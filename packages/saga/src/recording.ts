import type { Cause, Message } from "@cartwright/contracts/message";
import type { Queryable } from "@cartwright/database/tx";
import type { Outgoing } from "@cartwright/messaging/outbox";
import { advance, begin, type Advanced, type SagaInput } from "./advance.ts";
import type { SagaDefinition } from "./define-saga.ts";
import type { SagaId, SagaInstance, SagaLogLine } from "./instance.ts";
import { turns, type PublishedTurn } from "./turns.ts";

/** A run as it was: how it began, what befell it, and all that came of it. */
export type Recording = Outcome & {
  readonly saga: string;
  readonly version: number;
  readonly id: SagaId;
  readonly key: string;
  readonly memory: unknown;
  readonly cause: Cause;
  readonly inputs: readonly SagaInput[];
};

type Outcome = {
  /** The instance's row in the end. */
  readonly end: Pick<
    SagaInstance,
    "status" | "direction" | "step" | "attempt" | "unwanted" | "reason"
  >;
  readonly log: readonly Omit<SagaLogLine, "sagaId">[];
  readonly commands: readonly RecordedCommand[];
  /** The deciders' names. */
  readonly decisions: readonly string[];
  readonly starts: readonly string[];
};

type RecordedCommand = Pick<
  Message,
  "id" | "type" | "topic" | "key" | "subject" | "sequence" | "data"
> & { readonly attempt: number; readonly causationId: string | null };

/** Runs the inputs through a definition as it is now. */
export function replay<Memory, Decider>(
  definition: SagaDefinition<Memory, Decider>,
  { id, key, memory, cause, inputs }: Recording,
): Outcome {
  const erased = definition as unknown as SagaDefinition<unknown, Decider>;
  const all: Advanced[] = [begin(erased, { id, key, memory, cause })];
  for (const input of inputs) {
    const { instance } = all.at(-1) as Advanced;
    all.push(advance(erased, instance, input));
  }
  return outcomeOf(
    all,
    all.flatMap(({ log }) => log),
    all.flatMap(({ messages }) => messages).map(commandOf),
  );
}

/**
 * Follows the runs of this process until `end`, which returns each with its log and its commands as
 * the database has them. Only for one service at a time, and none whose relay publishes.
 */
export function recordRuns(db: Queryable) {
  const followed = new Map<SagaId, PublishedTurn[]>();
  const follow = (message: unknown) => {
    const published = message as PublishedTurn;
    const { id } = published.turn.instance;
    followed.set(id, [...(followed.get(id) ?? []), published]);
  };
  turns.subscribe(follow);
  return {
    async end(): Promise<Recording[]> {
      turns.unsubscribe(follow);
      return Promise.all(
        [...followed.values()].map((run) => recordingOf(db, run)),
      );
    },
  };
}

async function recordingOf(
  db: Queryable,
  run: readonly PublishedTurn[],
): Promise<Recording> {
  const all = run.map(({ turn }) => turn);
  const [first] = all as [Advanced];
  const { saga, version, id, key, memory, cause } = first.instance;
  const [log, commands] = await Promise.all([
    readLog(db, id),
    readCommands(db, all),
  ]);
  const inputs = run.flatMap(({ input }) => (input ? [input] : []));
  return {
    ...{ saga, version, id, key, memory, cause, inputs },
    ...outcomeOf(all, log, commands),
  };
}

function outcomeOf(
  all: readonly Advanced[],
  log: readonly (Omit<SagaLogLine, "sagaId"> & { sagaId?: SagaId })[],
  commands: readonly RecordedCommand[],
): Outcome {
  const { status, direction, step, attempt, unwanted, reason } = (
    all.at(-1) as Advanced
  ).instance;
  return {
    end: { status, direction, step, attempt, unwanted, reason },
    log: log.map(({ sagaId: _, ...line }) => line),
    commands,
    decisions: all
      .flatMap(({ decisions }) => decisions)
      .map(({ decider }) => (decider as { readonly name: string }).name),
    starts: all.flatMap(({ starts }) => starts).map(({ saga }) => saga),
  };
}

const commandOf = ({ draft, id, ...sent }: Outgoing): RecordedCommand => ({
  id: id ?? "",
  ...draft,
  attempt: sent.attempt ?? 1,
  sequence: sent.sequence,
  causationId: sent.cause.causationId ?? null,
});

const readLog = (db: Queryable, id: SagaId) =>
  db.query<Omit<SagaLogLine, "sagaId">>(
    "SELECT sequence, step, entry, detail FROM saga_log WHERE saga_id = $1 ORDER BY sequence",
    [id],
  );

async function readCommands(
  db: Queryable,
  all: readonly Advanced[],
): Promise<RecordedCommand[]> {
  const ids = all.flatMap(({ messages }) => messages).map(({ id }) => id);
  return db.query<RecordedCommand>(
    `SELECT id, type, topic, key, subject, payload::json AS data, (headers ->> 'ce_sequence')::int AS sequence,
       (headers ->> 'ce_attempt')::int AS attempt, headers ->> 'ce_causationid' AS "causationId"
     FROM outbox WHERE id = ANY ($1::uuid[]) ORDER BY position`,
    [[...new Set(ids)]],
  );
}
