import { turns } from "./turns.ts";

const never = new AbortController().signal;

it("lets no more work at a time than it may, in the order they came", async () => {
  const inTurn = turns(2);
  const begun: number[] = [];
  const ends = [1, 2, 3, 4].map((n) => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const over = inTurn(never, () => {
      begun.push(n);
      return promise;
    });
    return { over, end: () => resolve(undefined) };
  });
  await Promise.resolve();
  expect(begun).toEqual([1, 2]);
  ends[1]?.end();
  await ends[1]?.over;
  expect(begun).toEqual([1, 2, 3]);
  for (const { end } of ends) end();
  await Promise.all(ends.map(({ over }) => over));
  expect(begun).toEqual([1, 2, 3, 4]);
});

it("passes the turn on when the work has failed", async () => {
  const inTurn = turns(1);
  const broken = inTurn(never, () => Promise.reject(new Error("down")));
  const next = inTurn(never, () => Promise.resolve("served"));
  await expect(broken).rejects.toThrow("down");
  expect(await next).toBe("served");
});

it("has no turn for whoever gave up waiting", async () => {
  const inTurn = turns(1);
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const first = inTurn(never, () => promise);
  const impatient = new AbortController();
  const begun: string[] = [];
  const second = inTurn(impatient.signal, () =>
    Promise.resolve(begun.push("second")),
  );
  impatient.abort(new Error("too late"));
  await expect(second).rejects.toThrow("too late");
  resolve(undefined);
  await first;
  await inTurn(never, () => Promise.resolve(begun.push("third")));
  expect(begun).toEqual(["third"]);
  await expect(
    inTurn(impatient.signal, () => Promise.resolve()),
  ).rejects.toThrow("too late");
});
