import { crashPoints } from "@cartwright/kernel/crash-point";
import { dueOf, hitsOf, missed, turnOf } from "./due.ts";
import { turns, wavesOf } from "./waves.ts";

/** What rounds that hit everything have hit. */
const struckIn = (rounds: number, first = 0) =>
  Array.from({ length: rounds }, (_, round) => wavesOf(first + round)).flat(2);

it.each([0, 1, 2, 3, 4])(
  "misses nothing when both signals are due, whichever turn comes first: %s",
  (first) => {
    const due = dueOf(2 * turns, "both");
    expect(due.stops).toBe(2);
    expect(missed(hitsOf(struckIn(2 * turns, first)), due)).toEqual([]);
  },
);

it("looks at the signal where both are due, and only there", () => {
  const kills = crashPoints.map((point) => ({
    ...{ point, signal: "SIGKILL" as const },
  }));
  const times = Array.from({ length: turns }, () => kills).flat();
  expect(missed(hitsOf(times), dueOf(turns, "some"))).toEqual([]);
  expect(missed(hitsOf(times), dueOf(turns, "both"))).toEqual(
    crashPoints.map((point) => ({
      point,
      signal: "SIGSTOP",
      times: 0,
      due: 1,
    })),
  );
  const stops = times.map(({ point }) => ({
    ...{ point, signal: "SIGSTOP" as const },
  }));
  expect(missed(hitsOf(stops), dueOf(turns, "some"))).toEqual([]);
  expect(
    missed(hitsOf(stops), dueOf(turns, "both")).map(({ signal }) => signal),
  ).toEqual(crashPoints.map(() => "SIGKILL"));
});

it("takes a stop for a hit where no signal is asked for", () => {
  expect(missed(hitsOf(struckIn(1)), dueOf(1, "some"))).toEqual([]);
  const [first] = crashPoints;
  const others = struckIn(1).filter(({ point }) => point !== first);
  expect(missed(hitsOf(others), dueOf(1, "some"))).toEqual([
    { point: first, signal: "SIGKILL", times: 0, due: 1 },
  ]);
});

it.each([
  [4, "both", "--signals both takes 5 --rounds at least"],
  [1, "all", "--signals takes some or both, not all."],
])("refuses %s rounds with %s signals", (rounds, signals, sentence) => {
  expect(() => dueOf(rounds, signals)).toThrow(sentence);
});

it("takes a turn that is a whole number alone", () => {
  expect(turnOf("20787")).toBe(20_787);
  for (const seed of ["", "-1", "1.5", "today"])
    expect(() => turnOf(seed)).toThrow("--seed takes a whole number from 0");
});
