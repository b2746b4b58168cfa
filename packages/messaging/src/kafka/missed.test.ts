import { MissedRecords, missedIn } from "./missed.ts";

const standing = (committed: bigint, start: bigint, partition = 0) => ({
  ...{ topic: "order-events", partition },
  ...{ committed, start, end: 100n },
});

it.each([
  ["has read what is gone", 7n, 7n],
  ["has read more than is gone", 9n, 7n],
  ["has read nothing yet, and may be new", -1n, 7n],
])("says nothing of a group that %s", (_, committed, start) => {
  expect(missedIn([standing(committed, start)])).toEqual([]);
});

it("says a gap once, though it grows, and another one again", () => {
  const missed = new MissedRecords();
  expect(missed.summary()).toBeUndefined();
  const gap = { topic: "order-events", partition: 0, from: 3n, to: 7n };
  expect(missed.note([standing(3n, 7n), standing(9n, 7n, 1)])).toEqual([gap]);
  expect(missed.note([standing(3n, 8n)])).toEqual([]);
  expect(missed.note([standing(20n, 30n)])).toHaveLength(1);
  expect(missed.summary()).toContain("order-events/0@20..29");
});
