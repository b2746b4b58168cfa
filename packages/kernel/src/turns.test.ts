import { jest } from "@jest/globals";
import { noTurns, turns, type Turn } from "./turns.ts";

/** Work that ends when it is told to, and says when it begins. */
function jobs(turn: Turn) {
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  return {
    begun,
    begin: (name: string, since: number) =>
      turn(since, () => {
        begun.push(name);
        return new Promise<string>((resolve, reject) =>
          ends.set(name, (error) => (error ? reject(error) : resolve(name))),
        );
      }),
    end: async (name: string, error?: Error) => {
      ends.get(name)?.(error);
      await settled();
    },
  };
}

const settled = () => new Promise(setImmediate);

it("let so many work at a time, and the oldest of the others next", async () => {
  const { begun, begin, end } = jobs(turns(2));
  void begin("a", 50);
  void begin("b", 60);
  void begin("young", 40);
  void begin("old", 10);
  void begin("as old", 10);
  await settled();
  expect(begun).toEqual(["a", "b"]);
  await end("b");
  expect(begun).toEqual(["a", "b", "old"]);
  void begin("oldest", 1);
  await end("old");
  await end("a");
  await end("oldest");
  expect(begun.slice(3)).toEqual(["oldest", "as old", "young"]);
});

it("give the work's own end, and go on behind work that fails", async () => {
  const { begun, begin, end } = jobs(turns(1));
  const failing = begin("a", 1);
  const next = begin("b", 2);
  await settled();
  await Promise.all([
    expect(failing).rejects.toThrow("no"),
    end("a", new Error("no")),
  ]);
  await end("b");
  await expect(next).resolves.toBe("b");
  expect(begun).toEqual(["a", "b"]);
});

it("never let more work than there are places, whoever comes in between", async () => {
  const turn = turns(3);
  let working = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, (working += 1));
    await settled();
    working -= 1;
  };
  const loop = async (since: number) => {
    for (let time = 0; time < 20; time += 1) await turn(since + time, work);
  };
  await Promise.all([1, 5, 9, 2, 7, 3].map(loop));
  expect(most).toBe(3);
  expect(working).toBe(0);
});

describe("work that takes long", () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ["setImmediate"] }));
  afterEach(() => jest.useRealTimers());

  it("keeps its place for a second, and gives it back once", async () => {
    const { begun, begin, end } = jobs(turns(1));
    void begin("stuck", 1);
    void begin("next", 2);
    void begin("third", 3);
    await settled();
    jest.advanceTimersByTime(999);
    await settled();
    expect(begun).toEqual(["stuck"]);
    jest.advanceTimersByTime(1);
    await settled();
    expect(begun).toEqual(["stuck", "next"]);
    await end("stuck");
    expect(begun).toEqual(["stuck", "next"]);
    await end("next");
    expect(begun).toEqual(["stuck", "next", "third"]);
    await end("third");
  });
});

it("make nobody wait where there are none", async () => {
  const { begun, begin } = jobs(noTurns);
  void begin("a", 2);
  void begin("b", 1);
  await settled();
  expect(begun).toEqual(["a", "b"]);
});
