import { derivedId, firstIdOf, isUuid, newId } from "./ids.ts";

const uuid = (version: number) =>
  new RegExp(
    `^[0-9a-f]{8}-[0-9a-f]{4}-${version}[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`,
  );

it("makes ids that sort by age, also within a millisecond and when the clock goes back", () => {
  const now = Date.now();
  const ids = Array.from({ length: 20_000 }, (_, index) =>
    newId(index % 2 === 0 ? now : now - 1_000),
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
  expect(ids.every((id) => uuid(7).test(id))).toBe(true);
});

it("carries the time in the id", () => {
  const later = Date.now() + 60_000;
  const digits = newId(later).replaceAll("-", "").slice(0, 12);
  expect(Number.parseInt(digits, 16)).toBe(later);
});

it("begins a moment with an id below all of its own, and above those before", () => {
  const at = new Date(Date.now() + 120_000);
  expect(firstIdOf(at)).toMatch(uuid(7));
  const ids = [newId(at.getTime() - 1), firstIdOf(at), newId(at.getTime())];
  expect(ids.toSorted()).toEqual(ids);
});

it("derives the same id from the same parts, and another from others", () => {
  const id = derivedId("payment", "0199");
  expect(derivedId("payment", "0199")).toBe(id);
  expect(derivedId("shipment", "0199")).not.toBe(id);
  expect(derivedId("payment0199")).not.toBe(id);
  expect(id).toMatch(uuid(5));
});

it.each([
  [newId(), true],
  [derivedId("product", "MUG"), true],
  [newId().toUpperCase(), true],
  ["MUG-STONE", false],
  [`${newId()}0`, false],
  ["", false],
])("says of %j whether it is a UUID", (text, is) => {
  expect(isUuid(text)).toBe(is);
});
