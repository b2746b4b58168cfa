import { isDeepStrictEqual } from "node:util";
import { orderSagaDefinitions } from "@cartwright/app-order/sagas/order-sagas";
import { advance, begin } from "@cartwright/saga/advance";
import type { SagaDefinition } from "@cartwright/saga/define-saga";
import type { SagaInstance, SagaLogLine } from "@cartwright/saga/instance";
import { replay, type Recording } from "@cartwright/saga/recording";
import { readRecordings } from "../../apps/order/test/recording/recordings.ts";
import { asAdministrator } from "../support/as-administrator.ts";
import { inputBehind } from "./input-behind.ts";

/** What a release says to runs of sagas: those that are recorded with it, and those of a database. */
export type Replayed = {
  readonly recorded: number;
  /** Runs by `name#version`, and their commands, as `id#attempt type sequence`. */
  readonly runs: Readonly<Record<string, number>>;
  readonly commands: readonly string[];
  /** Of versions that this release does not know. */
  readonly unknown: number;
  /** Runs that would have gone another way. */
  readonly differing: readonly string[];
};

type Definition = SagaDefinition<unknown, { readonly name: string }>;
type Line = Omit<SagaLogLine, "sagaId">;
type Run = SagaInstance & { readonly lines: readonly Line[] };

const definitions = orderSagaDefinitions as unknown as readonly Definition[];

const everyRun = `SELECT saga.*, memory, cause, (
    SELECT json_agg(json_build_object('sequence', sequence, 'step', step, 'entry', entry, 'detail', detail) ORDER BY sequence)
    FROM "order".saga_log WHERE saga_id = saga.id
  ) AS lines
  FROM "order".saga_instances AS saga JOIN "order".saga_memories USING (id) ORDER BY id`;

async function runsOf(url: string): Promise<Run[]> {
  const db = asAdministrator(url, 1);
  try {
    return await db.query<Run>(everyRun);
  } finally {
    await db.stop?.();
  }
}

function replayAll(runs: readonly Run[]): Replayed {
  const recorded = readRecordings().flatMap((story) => story.runs);
  const known = runs.filter((run) => definitionOf(run) !== undefined);
  const again = known.map((run) => ({ run, ...goAgain(run) }));
  return {
    recorded: recorded.length,
    runs: Object.fromEntries(
      [...Map.groupBy(known, nameOf)].map(([name, all]) => [name, all.length]),
    ),
    commands: again.flatMap(({ commands }) => commands),
    unknown: runs.length - known.length,
    differing: [
      ...recorded.filter((one) => !isAsRecorded(one)).map(nameOf),
      ...again.filter(({ isSame }) => !isSame).map(({ run }) => run.id),
    ],
  };
}

type Versioned = { readonly saga: string; readonly version: number };

const nameOf = ({ saga, version }: Versioned): string => `${saga}#${version}`;

const definitionOf = (run: Versioned): Definition | undefined =>
  definitions.find(
    ({ name, version }) => nameOf({ saga: name, version }) === nameOf(run),
  );

function isAsRecorded(recording: Recording): boolean {
  const definition = definitionOf(recording);
  if (definition === undefined) return false;
  const { end, log, commands, decisions, starts } = recording;
  const today: unknown = JSON.parse(
    JSON.stringify(replay(definition, recording)),
  );
  return isDeepStrictEqual(today, { end, log, commands, decisions, starts });
}

/** Gives a new run, line by line, what the log says has befallen the one of the database. */
function goAgain(run: Run) {
  const definition = definitionOf(run)!;
  const turns = [begin(definition, run)];
  for (let { instance } = turns[0]!; instance.logged < run.lines.length;) {
    const line = run.lines[instance.logged]!;
    const turn = advance(
      definition,
      instance,
      inputBehind(line, definition, instance),
    );
    if (turn.instance.logged === instance.logged) break;
    turns.push(turn);
    instance = turn.instance;
  }
  const lines = turns.flatMap(({ log }) => log);
  const end = turns.at(-1)!.instance;
  return {
    isSame:
      isDeepStrictEqual(
        lines.map(({ sagaId: _, ...line }) => line),
        run.lines,
      ) && isDeepStrictEqual(stateOf(end), stateOf(run)),
    commands: turns
      .flatMap(({ messages }) => messages)
      .map(
        ({ id, attempt, draft, sequence }) =>
          `${id}#${attempt} ${draft.type} ${sequence}`,
      ),
  };
}

const stateOf = ({ status, direction, step, unwanted, reason }: SagaInstance) =>
  [status, direction, step, unwanted, reason] as const;

const [databaseUrl = ""] = process.argv.slice(2);
console.log(JSON.stringify(replayAll(await runsOf(databaseUrl))));
