import * as inventory from "@cartwright/contracts/inventory";
import type { Message } from "@cartwright/contracts/message";
import * as notification from "@cartwright/contracts/notification";
import * as payment from "@cartwright/contracts/payment";
import * as shipping from "@cartwright/contracts/shipping";
import { days, hours, minutes } from "@cartwright/kernel/duration";
import { newId } from "@cartwright/kernel/ids";
import type { Outgoing } from "@cartwright/messaging/outbox";
import fc from "fast-check";
import { advance, begin, type Advanced, type SagaInput } from "./advance.ts";
import { answersTo, commandIdOf } from "./command.ts";
import { defineSaga, type SagaDefinition } from "./define-saga.ts";
import { isEnded } from "./instance.ts";

type Memory = { readonly orderId: string };
type Decider = "confirm" | "cancel" | "complete";

const declared = defineSaga<Memory, Decider>("buy", {
  version: 1,
  stuckAfter: hours(24),
})
  .compensatable("reserve", {
    command: ({ orderId }) =>
      inventory.reserveInventory({ orderId, lines: [] }),
    undo: ({ orderId }) => inventory.releaseInventory({ orderId }),
    timeout: minutes(1),
  })
  .compensatable("ship", {
    command: ({ orderId }) =>
      shipping.createShipment({
        ...{ orderId, customerId: orderId, lines: [] },
        address: { name: "", line1: "", postalCode: "", city: "", country: "" },
      }),
    undo: ({ orderId }) => shipping.cancelShipment({ orderId }),
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
const saga = declared as unknown as SagaDefinition<unknown, Decider>;

const start = () =>
  begin(saga, {
    id: newId(),
    key: newId(),
    memory: { orderId: newId() },
    cause: { correlationId: newId() },
  });

const message = (type: string, commandId: string): Message => ({
  ...{ type, commandId, id: newId(), key: "", subject: "", source: "" },
  ...{ topic: "order-events", time: "", sequence: 1, correlationId: "" },
  data: { code: "no" },
});

/** What can befall an instance, whatever state it is in. */
const happenings = [
  "yes",
  "no",
  "again",
  "late",
  "silence",
  "a day of silence",
  "stop",
] as const;
type Happening = (typeof happenings)[number];

/** A saga and the world that answers it. */
function play() {
  let turn = start();
  let lastAnswer = message("none", "none");
  const turns: Advanced<Decider>[] = [turn];
  const sent: Outgoing[] = [...turn.messages];

  /** The yes or no to a command, as its participant would say it; undos without a refusal never say no. */
  const answerTo = (command: Outgoing | undefined, isYes: boolean) => {
    const { done = "", refused = done } = command
      ? answersTo(command.draft)
      : {};
    return message(isYes ? done : refused, command?.id ?? "none");
  };
  const inHand = () =>
    sent.findLast(({ id }) => id === turn.instance.commandId);

  function inputOf(happening: Happening): SagaInput {
    switch (happening) {
      case "yes":
      case "no":
        lastAnswer = answerTo(inHand(), happening === "yes");
        return { kind: "answer", message: lastAnswer };
      case "again":
        return { kind: "answer", message: lastAnswer };
      case "late":
        return { kind: "answer", message: answerTo(sent[0], true) };
      case "silence":
        return { kind: "timeout", waited: minutes(1) };
      case "a day of silence":
        return { kind: "timeout", waited: days(1) };
      case "stop":
        return { kind: "stop", reason: "unwanted" };
    }
  }

  return {
    befall(happening: Happening) {
      const before = turn.instance;
      turn = advance(saga, before, inputOf(happening));
      turns.push(turn);
      sent.push(...turn.messages);
      return { before, turn };
    },
    instance: () => turn.instance,
    sent,
    log: () => turns.flatMap(({ log }) => log),
    decisions: () => turns.flatMap(({ decisions }) => decisions),
    starts: () => turns.flatMap(({ starts }) => starts),
  };
}

type Play = ReturnType<typeof play>;

const compensatable = ["reserve", "ship"];
const entries = (run: Play, ...wanted: string[]) =>
  run.log().filter(({ entry }) => wanted.includes(entry));
const isFor = (run: Play, step: string, direction: "do" | "undo") => {
  const id = commandIdOf(run.instance().id, step, direction);
  return (command: Outgoing) => command.id === id;
};

describe.each<[Happening[], string, Partial<Record<Happening, string>>]>([
  [
    [],
    "the first step is in hand",
    {
      yes: "running ship",
      no: "compensated",
      again: "running reserve",
      silence: "compensating reserve",
      "a day of silence": "compensating reserve",
      stop: "compensating reserve",
    },
  ],
  [
    ["yes"],
    "a later step is in hand",
    {
      yes: "running capture",
      no: "compensating reserve",
      again: "running ship",
      late: "running ship",
      silence: "compensating ship",
      stop: "compensating ship",
    },
  ],
  [
    ["yes", "yes"],
    "the pivot is in hand",
    {
      yes: "running tell",
      no: "compensating ship",
      late: "running capture",
      silence: "running capture",
      "a day of silence": "stuck capture",
      stop: "running capture",
    },
  ],
  [
    ["yes", "yes", "stop"],
    "the pivot is in hand though nobody wants it any more",
    { yes: "completed", no: "compensating ship", silence: "running capture" },
  ],
  [
    ["yes", "yes", "yes"],
    "a retriable step is in hand",
    {
      yes: "completed",
      no: "running tell",
      silence: "running tell",
      "a day of silence": "stuck tell",
      stop: "running tell",
    },
  ],
  [
    ["yes", "silence"],
    "an undo is in hand",
    {
      yes: "compensating reserve",
      no: "compensating ship",
      late: "compensating ship",
      silence: "compensating ship",
      "a day of silence": "stuck ship",
      stop: "compensating ship",
    },
  ],
  [
    ["yes", "silence", "a day of silence"],
    "an undo is stuck",
    { yes: "compensating reserve", silence: "stuck ship" },
  ],
  [
    ["no"],
    "everything is undone",
    { yes: "compensated", late: "compensated", silence: "compensated" },
  ],
])("after %j, when %s", (past, _, expected) => {
  it.each(Object.entries(expected))("%s leads to: %s", (happening, state) => {
    const run = play();
    for (const one of past) run.befall(one);
    run.befall(happening as Happening);

    const { status, step } = run.instance();
    expect([status, step].filter(Boolean).join(" ")).toBe(state);
  });
});

describe("whatever happens, in whatever order", () => {
  const history = fc.array(fc.constantFrom(...happenings), { maxLength: 25 });
  const afterAny = (check: (run: Play) => void) =>
    fc.assert(
      fc.property(history, (past) => {
        const run = play();
        for (const happening of past) run.befall(happening);
        check(run);
      }),
      { numRuns: 200 },
    );

  it("counts its messages and its log without gaps", () => {
    afterAny((run) => {
      const counted = (all: readonly { sequence: number }[]) =>
        all.map(({ sequence }) => sequence);
      const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
      expect(counted(run.sent)).toEqual(upTo(run.sent.length));
      expect(counted(run.log())).toEqual(upTo(run.log().length));
    });
  });

  it("says and decides nothing once it has ended", () => {
    afterAny((run) => {
      if (!isEnded(run.instance())) return;
      for (const happening of happenings) {
        const { before, turn } = run.befall(happening);
        expect(turn.instance).toEqual({
          ...before,
          logged: expect.any(Number),
        });
        expect([turn.messages, turn.decisions, turn.starts]).toEqual([
          [],
          [],
          [],
        ]);
      }
    });
  });

  it("undoes last what it did first, all that may have happened and nothing the pivot has made good", () => {
    afterAny((run) => {
      const undone = entries(run, "undone").map(({ step }) => step);
      expect(undone).toEqual(
        compensatable.toReversed().filter((step) => undone.includes(step)),
      );
      if (run.instance().status === "compensated") {
        const refused = entries(run, "refused").map(({ step }) => step);
        const open = compensatable.filter(
          (step) =>
            run.sent.some(isFor(run, step, "do")) && !refused.includes(step),
        );
        expect(undone).toEqual(open.toReversed());
      }
      const paid = entries(run, "done").some(({ step }) => step === "capture");
      if (paid) {
        for (const step of compensatable)
          expect(run.sent.some(isFor(run, step, "undo"))).toBe(false);
      }
    });
  });

  it("decides one end, and confirms or gives back what is paid", () => {
    afterAny((run) => {
      const decided = run.decisions().map(({ decider }) => decider);
      const [taken] = run.starts();
      if (run.instance().status === "compensated") {
        expect([decided, taken]).toEqual([["cancel"], undefined]);
      } else if (run.instance().status === "completed") {
        if (taken) expect(decided).toEqual([]);
        else expect(decided).toEqual(["confirm", "complete"]);
      } else {
        expect(decided).not.toContain("cancel");
        expect(decided).not.toContain("complete");
      }
    });
  });

  it("ends as soon as everybody answers", () => {
    afterAny((run) => {
      for (let left = 6; left > 0 && !isEnded(run.instance()); left -= 1)
        run.befall("yes");
      expect(isEnded(run.instance())).toBe(true);
    });
  });
});
