import { gather } from "./gather.ts";

it("asks once for what was wanted together", async () => {
  const calls: number[][] = [];
  const double = gather(async (items: readonly number[]) => {
    calls.push([...items]);
    return items.map((item) => item * 2);
  }, 10);
  expect(await Promise.all([1, 2, 3].map(double))).toEqual([2, 4, 6]);
  expect(calls).toEqual([[1, 2, 3]]);
});

it("asks for no more than it may at once", async () => {
  const sizes: number[] = [];
  const same = gather(async (items: readonly number[]) => {
    sizes.push(items.length);
    return items;
  }, 2);
  await Promise.all([1, 2, 3, 4, 5].map(same));
  expect(sizes).toEqual([2, 2, 1]);
});

it("fails those who were in the failed call, and nobody later", async () => {
  let broken = true;
  const same = gather(async (items: readonly number[]) => {
    if (broken) throw new Error("down");
    return items;
  }, 10);
  const first = await Promise.allSettled([same(1), same(2)]);
  expect(first.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  broken = false;
  expect(await same(3)).toBe(3);
});
