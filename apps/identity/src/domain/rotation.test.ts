import { minutes } from "@cartwright/kernel/duration";
import { activate, prepare, remove, type KnownKey } from "./rotation.ts";

const wait = minutes(11);
const since = new Date("2026-05-01T12:00:00Z");
const key = (status: KnownKey["status"], age = 0): KnownKey => ({
  ...{ kid: status, status, since, age: minutes(age) },
});
const active = key("active", 90);

it("makes a key where none waits", () => {
  expect(() => prepare([active, key("retired")])).not.toThrow();
});

it("makes no second one", () => {
  expect(() => prepare([active, key("next")])).toThrow(
    expect.objectContaining({ code: "next-key-waits" }),
  );
});

it("lets a key sign that everybody knows", () => {
  expect(activate([active, key("next", 11)], wait).kid).toBe("next");
});

it("lets none sign that others may not know yet, and says until when", () => {
  expect(() => activate([active, key("next", 10)], wait)).toThrow(
    expect.objectContaining({
      code: "too-early",
      details: { kid: "next", earliest: "2026-05-01T12:11:00.000Z" },
    }),
  );
});

it("lets it sign at once where nobody waits", () => {
  expect(activate([active, key("next")], 0).kid).toBe("next");
});

it("lets no key sign where none waits", () => {
  expect(() => activate([active, key("retired", 99)], wait)).toThrow(
    expect.objectContaining({ code: "no-next-key" }),
  );
});

it("removes the keys whose tokens are all past", () => {
  const keys = [active, key("retired", 11), key("next", 99)];
  expect(remove(keys, wait)).toEqual([key("retired", 11)]);
});

it("removes none of them while tokens of one may be about", () => {
  expect(() => remove([key("retired", 30), key("retired", 10)], wait)).toThrow(
    expect.objectContaining({ code: "too-early" }),
  );
});

it("never removes the key that signs", () => {
  expect(() => remove([active, key("next", 99)], wait)).toThrow(
    expect.objectContaining({ code: "no-retired-key" }),
  );
});
