import type { Outgoing } from "@cartwright/messaging/outbox";
import fc from "fast-check";
import { buyAndShip } from "../test/a-purchase.ts";
import { happenings, play, type Happening, type Play } from "../test/play.ts";
import { commandIdOf } from "./command.ts";
import { isEnded } from "./instance.ts";

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
    const run = play(buyAndShip);
    for (const one of past) run.befall(one);
    run.befall(happening as Happening);

    const { status, step } = run.instance();
    expect([status, step].filter(Boolean).join(" ")).toBe(state);
  });
});

it("forgets why it was stuck when it goes on, and not why it compensates", () => {
  const going = play(buyAndShip);
  going.setAside();
  going.befall("yes");
  expect(going.instance()).toMatchObject({ status: "running", reason: null });

  const undoing = play(buyAndShip);
  for (const one of ["yes", "stop"] as const) undoing.befall(one);
  undoing.setAside();
  undoing.befall("yes");
  expect(undoing.instance()).toMatchObject({
    ...{ status: "compensating", reason: "unwanted" },
  });
});

describe("whatever happens, in whatever order", () => {
  const history = fc.array(fc.constantFrom(...happenings), { maxLength: 25 });
  const afterAny = (check: (run: Play) => void) =>
    fc.assert(
      fc.property(history, (past) => {
        const run = play(buyAndShip);
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
