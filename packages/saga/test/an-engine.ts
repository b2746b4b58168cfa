import type { Draft, Message } from "@cartwright/contracts/message";
import type { Database } from "@cartwright/database/open-database";
import { systemClock } from "@cartwright/kernel/clock";
import { newId } from "@cartwright/kernel/ids";
import { transactionalOutbox } from "@cartwright/messaging/transactional-outbox";
import {
  createSagaEngine,
  type SagaEngineOptions,
} from "@cartwright/saga/engine";
import type { SagaLogLine } from "@cartwright/saga/instance";
import { sagaStore } from "@cartwright/saga/saga-store";
import type { AnySaga, Decider } from "./a-saga.ts";

/** One orchestrator: an engine with connections of its own, as a process would have. */
export function anEngine(
  db: Database,
  definitions: readonly AnySaga[],
  more: Pick<SagaEngineOptions<Decider>, "follow"> & {
    /** Of the request that begins its runs. */
    readonly traceparent?: string;
  } = {},
) {
  const { traceparent, ...following } = more;
  const decided: { key: string; decider: Decider }[] = [];
  const engine = createSagaEngine<Decider>({
    outbox: transactionalOutbox({
      source: "order",
      clock: systemClock,
      wake: () => undefined,
    }),
    definitions,
    decide: (_, decisions) => {
      decided.push(...decisions.map(({ key, decider }) => ({ key, decider })));
      return Promise.resolve();
    },
    timeScale: 1,
    ...following,
  });
  return {
    engine,
    decided,
    /** Starts a run and returns its key, an order's id. */
    async begin(saga: AnySaga): Promise<string> {
      const [key] = await this.beginMany(saga, 1);
      return key ?? "";
    },
    async beginMany(saga: AnySaga, count: number): Promise<string[]> {
      const keys = Array.from({ length: count }, () => newId());
      const begun = keys.map((key) =>
        engine.begin(
          { saga: saga.name, version: saga.version, memory: { orderId: key } },
          {
            key,
            cause: {
              correlationId: newId(),
              ...(traceparent && { traceparent }),
            },
          },
        ),
      );
      await db.transaction((tx) => engine.save(tx, begun));
      return keys;
    },
    hear: (...messages: readonly Message[]) =>
      db.transaction((tx) => engine.answers.handle(tx, messages)),
    timeOut: (limit = 200) =>
      db.transaction((tx) => engine.deadlines.take(tx, limit)),
    stop: (key: string) =>
      db.transaction((tx) => engine.stop(tx, key, "unwanted")),
    resume: () => db.transaction((tx) => engine.inputsThatWait.take(tx, 200)),
  };
}

/** The answer of a participant to the command that the run has in hand. */
export async function answerTo(
  db: Database,
  key: string,
  draft: Draft,
): Promise<Message> {
  const [run] = await db.query<{ commandId: string }>(
    `SELECT command_id AS "commandId" FROM saga_instances WHERE key = $1`,
    [key],
  );
  return {
    ...{ ...draft, key, id: newId(), source: "test", sequence: 1 },
    ...{ time: new Date(0).toISOString(), correlationId: newId() },
    commandId: run?.commandId ?? "",
  };
}

/** The story of a run, a line per entry: `step entry`. */
export async function storyOf(db: Database, key: string): Promise<string[]> {
  const lines: Pick<SagaLogLine, "step" | "entry">[] = await sagaStore.log(
    db,
    key,
  );
  return lines.map(({ step, entry }) =>
    [step, entry].filter((part) => part !== null).join(" "),
  );
}

/** The types of the commands sent for a key, in order. */
export async function sentFor(db: Database, key: string): Promise<string[]> {
  const rows = await db.query<{ type: string }>(
    "SELECT type FROM outbox WHERE key = $1 ORDER BY position",
    [key],
  );
  return rows.map(({ type }) => type.split(".")[1] ?? "");
}

/** Makes these runs due, by the database's clock. */
export const makeDue = (db: Database, keys: readonly string[]) =>
  db.query(
    "UPDATE saga_instances SET deadline = now(), wake_at = now() WHERE key = ANY ($1::text[])",
    [keys],
  );
