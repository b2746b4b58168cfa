import type { SagaDefinition } from "@cartwright/saga/define-saga";
import { replay } from "@cartwright/saga/recording";
import {
  newestVersions,
  readRecordings,
} from "../../test/recording/recordings.ts";
import { stories } from "../../test/recording/stories.ts";
import type { OrderDecider } from "../domain/order.ts";
import { orderSagaDefinitions } from "./order-sagas.ts";

const recorded = readRecordings();
const definitions = orderSagaDefinitions as readonly SagaDefinition<
  never,
  OrderDecider
>[];
const everyRun = recorded.flatMap(({ runs }) => runs);

it("has a recording of every story with the versions that new orders get", () => {
  const newest = recorded.filter(({ versions }) => versions === newestVersions);
  expect(newest.map(({ story }) => story).toSorted()).toEqual(
    Object.keys(stories).toSorted(),
  );
});

describe.each(recorded)("what a release once did: $story", ({ runs }) => {
  it.each(runs)(
    "is what $saga version $version does today: same states, same commands, same log",
    (run) => {
      const definition = definitions.find(
        ({ name, version }) => name === run.saga && version === run.version,
      );
      if (definition === undefined)
        throw new Error(`${run.saga} version ${run.version} is gone.`);
      const { end, log, commands, decisions, starts } = run;
      const today = JSON.parse(
        JSON.stringify(replay(definition, run)),
      ) as unknown;
      expect(today).toEqual({ end, log, commands, decisions, starts });
    },
  );
});

describe.each(definitions)("of $name version $version", (definition) => {
  const lines = everyRun
    .filter(
      ({ saga, version }) =>
        saga === definition.name && version === definition.version,
    )
    .flatMap(({ log }) => log);
  const told = (step: string) =>
    lines.filter((line) => line.step === step).map(({ entry }) => entry);

  it.each(definition.steps)(
    "$name is recorded in every way it can go",
    (step) => {
      const expected = {
        compensatable: ["sent", "done", "timed-out", "undo-sent", "undone"],
        pivot: ["sent", "sent-again", "done", "refused"],
        retriable: ["sent", "sent-again", "done"],
      };
      expect(told(step.name)).toEqual(
        expect.arrayContaining(expected[step.kind]),
      );
    },
  );
});
