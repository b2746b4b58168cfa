import { secondsOf } from "./seconds-of.ts";

it.each([
  ["90", "90"],
  ["90s", "90"],
  ["15m", "900"],
  ["1h", "3600"],
  ["2d", "172800"],
])("takes %s for %s seconds", (text, seconds) => {
  expect(secondsOf(text, "older-than")).toBe(seconds);
});

it.each(["soon", "1.5h", "-1", "1w", ""])("takes no %j", (text) => {
  expect(() => secondsOf(text, "older-than")).toThrow(
    `--older-than ${text} is no duration; one looks like 90s, 15m, 1h or 2d.`,
  );
});
