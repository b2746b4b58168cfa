import { noTurns, turns } from "@cartwright/kernel/turns";
import { groupCommit } from "./group-commit.ts";

type Run = (items: readonly string[]) => Promise<readonly string[]>;

/** What groups there were, and how each item ended. */
async function joining(items: readonly string[], run: Run, maxGroup = 10) {
  const groups: (readonly string[])[] = [];
  const join = groupCommit<string, string>({
    ...{ maxGroup, inFlight: 1, turn: noTurns },
    run: (group) => {
      groups.push(group);
      return run(group);
    },
  });
  const ended = await Promise.all(
    items.map((item) =>
      join(item).catch((error: unknown) => (error as Error).message),
    ),
  );
  return { groups, ended };
}

const done: Run = (items) =>
  Promise.resolve(items.map((item) => `${item} done`));
const failing =
  (bad: string, message: string): Run =>
  (items) =>
    items.includes(bad) ? Promise.reject(new Error(message)) : done(items);

describe("items that are committed in groups", () => {
  it("go together when they come together, each with its own result", async () => {
    const { groups, ended } = await joining(["a", "b", "c"], done);
    expect(groups).toEqual([["a", "b", "c"]]);
    expect(ended).toEqual(["a done", "b done", "c done"]);
  });

  it("go in no larger groups than may be", async () => {
    const { groups } = await joining(["a", "b", "c"], done, 2);
    expect(groups).toEqual([["a", "b"], ["c"]]);
  });

  it("form the next group while as many are under way as may be", async () => {
    const { promise: held, resolve: release } =
      Promise.withResolvers<undefined>();
    const { promise: isUnderWay, resolve: begun } =
      Promise.withResolvers<undefined>();
    const groups: (readonly string[])[] = [];
    const join = groupCommit<string, string>({
      ...{ maxGroup: 10, inFlight: 1, turn: noTurns },
      run: async (group) => {
        groups.push(group);
        begun(undefined);
        await held;
        return group;
      },
    });
    const first = join("a");
    await isUnderWay;
    const others = [join("b"), join("c")];
    await new Promise(setImmediate);
    expect(groups).toEqual([["a"]]);
    release(undefined);
    expect(await Promise.all([first, ...others])).toEqual(["a", "b", "c"]);
    expect(groups).toEqual([["a"], ["b", "c"]]);
  });

  it("are in one group when they come before its turn does", async () => {
    const turn = turns(1);
    const { promise: held, resolve: release } =
      Promise.withResolvers<undefined>();
    const others = turn(0, () => held);
    const groups: (readonly string[])[] = [];
    const join = groupCommit<string, string>({
      ...{ maxGroup: 10, inFlight: 2, turn },
      run: (group) => {
        groups.push(group);
        return done(group);
      },
    });
    const first = join("a");
    await new Promise(setImmediate);
    const later = [join("b"), join("c")];
    await new Promise(setImmediate);
    release(undefined);
    await Promise.all([others, first, ...later]);
    expect(groups).toEqual([["a", "b", "c"]]);
    expect(await join("d")).toBe("d done");
  });

  it("hurt no other when one of them fails", async () => {
    const { groups, ended } = await joining(
      ["a", "bad", "c"],
      failing("bad", "it is bad"),
    );
    expect(ended).toEqual(["a done", "it is bad", "c done"]);
    expect(groups).toEqual([["a", "bad", "c"], ["a"], ["bad"], ["c"]]);
  });

  it("are all refused, those too that wait, when no connection was to be had", async () => {
    const exhausted = "timeout exceeded when trying to connect";
    const { groups, ended } = await joining(
      ["a", "b", "c", "d"],
      failing("a", exhausted),
      2,
    );
    expect(groups).toEqual([["a", "b"]]);
    expect(ended).toEqual([exhausted, exhausted, exhausted, exhausted]);
  });

  it("go on after a refusal", async () => {
    let isExhausted = true;
    const join = groupCommit<string, string>({
      ...{ maxGroup: 2, inFlight: 1, turn: noTurns },
      run: (items) =>
        isExhausted
          ? Promise.reject(new Error("timeout exceeded when trying to connect"))
          : done(items),
    });
    await expect(join("a")).rejects.toThrow("timeout exceeded");
    isExhausted = false;
    expect(await join("b")).toBe("b done");
  });
});
