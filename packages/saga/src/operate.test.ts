import { minutes } from "@cartwright/kernel/duration";
import type { Refusal } from "@cartwright/kernel/refusal";
import {
  buy,
  takeBack,
  type Decider,
  type Purchase,
} from "../test/a-purchase.ts";
import { play, type Happening, type Play } from "../test/play.ts";
import type { Advanced } from "./advance.ts";
import type { OperatorCommand } from "./operate.ts";

/** What an operator has a run do. */
const at =
  (run: Play) =>
  (command: OperatorCommand, parked = false): Advanced<Decider> =>
    run.give({
      ...{ kind: "operator", command, parked },
      ...{ by: "olga", reason: "the provider says so" },
    }).turn;

/** What an operator has a saga do to which this has happened. */
function after(past: readonly Happening[], declared: Purchase = buy) {
  const run = play(declared);
  for (const happening of past) run.befall(happening);
  return at(run);
}

const retry: OperatorCommand = { action: "retry" };
const skip: OperatorCommand = { action: "skip" };
const compensate: OperatorCommand = { action: "compensate" };
const completed: OperatorCommand = { action: "close", outcome: "completed" };
const compensated: OperatorCommand = {
  action: "close",
  outcome: "compensated",
};

const outcomeOf = (act: () => Advanced<Decider>): string => {
  try {
    const { instance, decisions, starts } = act();
    const made = [
      ...decisions.map(({ decider }) => decider),
      ...starts.map(({ saga }) => `start ${saga}`),
    ];
    return [instance.status, instance.step, ...made].filter(Boolean).join(" ");
  } catch (error) {
    return (error as Refusal).code;
  }
};

const stuck = "a day of silence";

describe.each<
  [
    past: Happening[],
    when: string,
    outcomes: [OperatorCommand, string, parked?: "parked"][],
  ]
>([
  [
    [],
    "a step that can be undone is in hand",
    [
      [retry, "running reserve"],
      [skip, "cannot-skip"],
      [compensate, "compensating reserve"],
      [completed, "not-stuck"],
      [compensated, "not-stuck"],
      [compensated, "compensated cancel", "parked"],
      [completed, "completed confirm complete", "parked"],
    ],
  ],
  [
    ["yes", stuck],
    "the pivot is stuck",
    [
      [retry, "running capture"],
      [skip, "cannot-skip"],
      [compensate, "compensating reserve"],
      [completed, "completed confirm complete"],
      [compensated, "compensated cancel"],
    ],
  ],
  [
    ["yes", "stop", stuck],
    "the pivot is stuck and nobody wants it any more",
    [
      [completed, "completed start undo"],
      [compensated, "compensated cancel"],
    ],
  ],
  [
    ["yes", "yes", stuck],
    "a step behind the pivot is stuck",
    [
      [retry, "running tell"],
      [skip, "completed complete"],
      [compensate, "past-the-pivot"],
      [completed, "completed complete"],
      [compensated, "cannot-close-so"],
    ],
  ],
  [
    ["silence", stuck],
    "an undo is stuck",
    [
      [retry, "compensating reserve"],
      [skip, "compensated cancel"],
      [compensate, "already-compensating"],
      [completed, "cannot-close-so"],
      [compensated, "compensated cancel"],
    ],
  ],
  [
    ["no"],
    "it has ended",
    [
      [retry, "saga-finished"],
      [skip, "saga-finished"],
      [compensate, "saga-finished"],
      [completed, "saga-finished"],
      [compensated, "saga-finished", "parked"],
    ],
  ],
])("after %j, when %s", (past, _, outcomes) => {
  it.each(
    outcomes.map(
      ([command, expected, parked]) =>
        [
          Object.values(command).join(" as "),
          parked ?? "as it is",
          expected,
          command,
        ] as const,
    ),
  )(
    "an operator's %s, %s, leads to: %s",
    (_name, parked, expected, command) => {
      const operator = after(past);
      expect(outcomeOf(() => operator(command, parked === "parked"))).toBe(
        expected,
      );
    },
  );
});

it("does not force compensation of a pivot that no undo would take back", () => {
  const operator = after([], takeBack);
  expect(outcomeOf(() => operator(compensate))).toBe("past-the-pivot");
});

it("sends the very command again, as another attempt, and gives it its time anew", () => {
  const { messages, dueIn, instance } = after(["yes", stuck])(retry);
  expect(messages).toMatchObject([
    { id: instance.commandId, attempt: instance.attempt },
  ]);
  expect(instance.attempt).toBe(3);
  expect(dueIn).toBe(minutes(1));
});

it("sends an undo again", () => {
  const { messages, log } = after(["silence", stuck])(retry);
  expect(messages).toHaveLength(1);
  expect(log.map(({ entry }) => entry)).toEqual(["retried", "undo-sent-again"]);
});

it.each<[OperatorCommand, string]>([
  [retry, "retried"],
  [skip, "skipped"],
  [compensated, "closed"],
])("writes down who had it %j, and why", (command, entry) => {
  expect(after(["silence", stuck])(command).log[0]).toMatchObject({
    ...{ entry, step: "reserve", detail: "olga: the provider says so" },
  });
});

it("writes down who forced the compensation", () => {
  const { log, instance } = after(["yes"])(compensate);
  expect(log[0]).toMatchObject({
    ...{ entry: "compensation-forced", step: "capture" },
  });
  expect(instance.reason).toBe("forced-by-operator");
});

it.each([
  [retry, null],
  [compensate, "forced-by-operator"],
  [completed, null],
  [compensated, "closed-by-operator"],
])(
  "does not take the failure of its turn for why a run ends: %j",
  (command, reason) => {
    const run = play(buy);
    run.befall("yes");
    run.setAside();
    expect(at(run)(command).instance.reason).toBe(reason);
  },
);
