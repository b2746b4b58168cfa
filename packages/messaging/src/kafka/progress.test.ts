import { Progress, type Standing } from "./progress.ts";

function aMember() {
  const clock = { now: 0 };
  const progress = new Progress(() => clock.now);
  progress.joined({ t: [0, 1] });
  return { clock, progress };
}

const standing = (committed: number, end: number): Standing => ({
  topic: "t",
  partition: 0,
  committed: BigInt(committed),
  start: 0n,
  end: BigInt(end),
});

describe("a member that holds a partition and fetches nothing of it (kafkajs#1456)", () => {
  it("is found by the group's lag, though fetches of other partitions come back", () => {
    const { clock, progress } = aMember();
    progress.neglect([standing(5, 9)]);
    clock.now = 30_000;
    progress.heard();
    expect(progress.silence()).toBe(0);
    expect(progress.neglect([standing(5, 9)])).toBe(30_000);
  });

  it("is no member that has handled everything and only has not committed it", () => {
    const { clock, progress } = aMember();
    progress.handled("t", 0, 9n);
    progress.neglect([standing(5, 9)]);
    clock.now = 30_000;
    expect(progress.neglect([standing(5, 9)])).toBe(0);
  });

  it("is no member that goes on fetching and is only slow", () => {
    const { clock, progress } = aMember();
    progress.neglect([standing(5, 9)]);
    clock.now = 30_000;
    progress.delivered("t", 0);
    clock.now = 31_000;
    expect(progress.neglect([standing(5, 9)])).toBe(1_000);
  });

  it("is no member whose batch is rejected again and again: the others wait behind it", () => {
    const { clock, progress } = aMember();
    progress.neglect([standing(5, 9)]);
    clock.now = 30_000;
    progress.tried(false);
    expect(progress.neglect([standing(5, 9)])).toBe(0);
  });

  it("is no member of a group without anything to read", () => {
    const { clock, progress } = aMember();
    progress.neglect([standing(-1, 0)]);
    clock.now = 30_000;
    expect(progress.neglect([standing(-1, 0)])).toBe(0);
  });
});

it("is silent from the last fetch or batch on", () => {
  const { clock, progress } = aMember();
  clock.now = 10;
  progress.tried(false);
  clock.now = 30;
  expect(progress.silence()).toBe(20);
});
