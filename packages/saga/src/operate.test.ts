import * as inventory from "@cartwright/contracts/inventory";
import * as notification from "@cartwright/contracts/notification";
import * as payment from "@cartwright/contracts/payment";
import type { Message } from "@cartwright/contracts/message";
import { days, hours, minutes } from "@cartwright/kernel/duration";
import { newId } from "@cartwright/kernel/ids";
import type { Refusal } from "@cartwright/kernel/refusal";
import { advance, begin, type Advanced } from "./advance.ts";
import { answersTo } from "./command.ts";
import { defineSaga, type SagaDefinition } from "./define-saga.ts";
import type { OperatorCommand } from "./operate.ts";

type Memory = { readonly orderId: string };
type Decider = "confirm" | "cancel" | "complete";

const buy = defineSaga<Memory, Decider>("buy", {
  version: 1,
  stuckAfter: hours(24),
})
  .compensatable("reserve", {
    command: ({ orderId }) =>
      inventory.reserveInventory({ orderId, lines: [] }),
    undo: ({ orderId }) => inventory.releaseInventory({ orderId }),
    timeout: minutes(1),
  })
  .pivot("capture", {
    command: ({ orderId }) => payment.capturePayment({ orderId }),
    resendEvery: minutes(1),
    onYes: "confirm",
    onYesThoughUnwanted: (memory) => ({ saga: "undo", version: 1, memory }),
  })
  .retriable("tell", {
    command: ({ orderId }) =>
      notification.sendNotification({
        ...{ orderId, customerId: orderId, template: "bought", values: {} },
      }),
    resendEvery: minutes(1),
  })
  .ending({ compensated: "cancel", completed: "complete" });

const takeBack = defineSaga<Memory, Decider>("take-back", {
  version: 1,
  stuckAfter: hours(24),
})
  .pivot("ask", {
    command: ({ orderId }) => payment.capturePayment({ orderId }),
    resendEvery: minutes(1),
  })
  .ending({ compensated: "cancel" });

type Happening = "yes" | "no" | "silence" | "a day of silence" | "stop";

/** A saga after what has happened to it. */
function after(
  past: readonly Happening[],
  declared: SagaDefinition<Memory, Decider> = buy,
) {
  const saga = declared as unknown as SagaDefinition<unknown, Decider>;
  let turn: Advanced<Decider> = begin(saga, {
    ...{ id: newId(), key: newId(), memory: { orderId: newId() } },
    cause: { correlationId: newId() },
  });
  const sent = [...turn.messages];
  const befall = (happening: Happening): void => {
    turn = advance(saga, turn.instance, inputOf(happening));
    sent.push(...turn.messages);
  };
  const inputOf = (happening: Happening) => {
    if (happening === "stop")
      return { kind: "stop", reason: "unwanted" } as const;
    if (happening === "silence")
      return { kind: "timeout", waited: minutes(1) } as const;
    if (happening === "a day of silence")
      return { kind: "timeout", waited: days(1) } as const;
    const command = sent.findLast(({ id }) => id === turn.instance.commandId);
    const { done = "", refused = done } = command
      ? answersTo(command.draft)
      : {};
    const type = happening === "yes" ? done : refused;
    const message = {
      ...{ type, commandId: turn.instance.commandId ?? "", id: newId() },
      ...{ key: "", subject: "", source: "", topic: "order-events" },
      ...{ time: "", sequence: 1, correlationId: "", data: { code: "no" } },
    } as Message;
    return { kind: "answer", message } as const;
  };
  past.forEach(befall);
  return (command: OperatorCommand, parked = false): Advanced<Decider> =>
    advance(saga, turn.instance, {
      ...{ kind: "operator", command, parked },
      ...{ by: "olga", reason: "the provider says so" },
    });
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
