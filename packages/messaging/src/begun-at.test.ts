import { minutes } from "@cartwright/kernel/duration";
import { firstIdOf } from "@cartwright/kernel/ids";
import { begunAt } from "./begun-at.ts";

const idAt = (at: number) => firstIdOf(new Date(at));
const recently = Date.now() - 5_000;

it("is told by the id of the flow", () => {
  expect(begunAt(idAt(recently))).toBe(recently);
});

it.each([
  ["no id", undefined],
  ["a text", "checkout-7"],
  ["a UUID that tells no time", "f81d4fae-7dec-41d0-a765-00a0c91e6bf6"],
  ["a time to come", idAt(Date.now() + minutes(5))],
])("is now for %s", (_, id) => {
  const before = Date.now();
  expect(begunAt(id)).toBeGreaterThanOrEqual(before);
  expect(begunAt(id)).toBeLessThanOrEqual(Date.now());
});

it("is no more than a minute ago, whatever a client says", () => {
  expect(begunAt("00000000-0000-7000-8000-000000000000")).toBeGreaterThan(
    Date.now() - minutes(1) - 1_000,
  );
});
