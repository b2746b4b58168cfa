import { crashPoints } from "@cartwright/kernel/crash-point";
import { soundEvidence } from "./invariants/sound-evidence.ts";
import { failuresOf, markdownOf, reportOf } from "./report.ts";

const struckEverywhere = crashPoints.map((point) => ({
  wave: 1,
  point,
  pass: 1,
  signal: "SIGKILL" as const,
  service: "order",
  pid: 1,
  at: 0,
  recovery: 4_000,
}));
const run = {
  seconds: 10,
  due: { rounds: 1, stops: 0 },
  strikes: struckEverywhere,
  faults: [
    {
      id: "F14",
      name: "broker-down",
      about: "No broker.",
      injected: 1,
      recoveries: [2_000],
    },
  ],
  violations: [],
};

it("passes a run that struck everywhere and found nothing", () => {
  const report = reportOf(soundEvidence(), run);
  expect(failuresOf(report)).toEqual([]);
  expect(report.orders).toMatchObject({ tried: 2, accepted: 2, confirmed: 1 });
  expect(markdownOf(report)).toContain("| `relay.after-publish` | 1 | 0 |");
});

it("says nothing of crash points when none was to be hit", () => {
  const report = reportOf(soundEvidence(), {
    ...run,
    due: { rounds: 0, stops: 0 },
    strikes: [],
  });
  expect(failuresOf(report)).toEqual([]);
  expect(markdownOf(report)).not.toContain("crash point");
});

it("fails a run that never hit some point", () => {
  const report = reportOf(soundEvidence(), {
    ...run,
    strikes: struckEverywhere.slice(1),
  });
  expect(failuresOf(report)).toEqual([
    `${crashPoints[0]} was hit 0 times of 1.`,
  ]);
});

it("fails a run that owes stops and has none at some point", () => {
  const struck = struckEverywhere.flatMap((strike) => [
    strike,
    { ...strike, signal: "SIGSTOP" as const },
  ]);
  const due = { rounds: 1, stops: 1 };
  const strikes = struck.filter(
    ({ point, signal }) => point !== crashPoints[0] || signal === "SIGKILL",
  );
  expect(
    failuresOf(reportOf(soundEvidence(), { ...run, due, strikes })),
  ).toEqual([`${crashPoints[0]} was stopped 0 times of 1.`]);
});

it("fails a run with a violation, or with a fault that never struck", () => {
  const report = reportOf(soundEvidence(), {
    ...run,
    faults: run.faults.map((fault) => ({ ...fault, injected: 0 })),
    violations: [
      { invariant: "I3", sentence: "there is less than nothing", count: 2 },
    ],
  });
  expect(failuresOf(report)).toHaveLength(2);
  expect(markdownOf(report)).toContain("| oversold | 2 |");
  expect(markdownOf(report)).toContain("- I3: there is less than nothing");
});
