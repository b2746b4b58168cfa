import { readFileSync } from "node:fs";
import { join } from "node:path";
import { refusalOf } from "../scripts/new-service/name.ts";
import { listedIn, withTwin } from "../scripts/new-service/registration.ts";

/** What `npm run new:service` decides; what it makes is tested by the tutorial that uses it. */
const taken = ["order", "kernel", "bus"];

it.each(["loyalty", "tax", "recommendations"])(
  "takes %s for a name",
  (name) => {
    expect(refusalOf(name, taken)).toBeUndefined();
  },
);

it.each([
  ["", "Name the service"],
  ["ab", "3 to 20 lower-case letters"],
  ["Loyalty", "3 to 20 lower-case letters"],
  ["gift-cards", "GIFT-CARDS_URL"],
  ["../order", "3 to 20 lower-case letters"],
  ["loyalty2", "3 to 20 lower-case letters"],
  ["operations", "another use for the word"],
  ["public", "another use for the word"],
  ["pgbouncer", "another use for the word"],
  ["kernel", "already something called kernel"],
  ["bus", "already something called bus"],
])("refuses %j, and says why", (name, words) => {
  expect(refusalOf(name, taken)).toContain(words);
});

it("gives an entry a twin, with all that is indented below it", () => {
  expect(
    withTwin("a.yml", "all:\n  analytics:\n    image: x/analytics\n", "tax"),
  ).toBe(
    "all:\n  analytics:\n    image: x/analytics\n\n  tax:\n    image: x/tax\n",
  );
});

it("keeps JSON whole where the entry was the last one", () => {
  const text = '[\n  "order",\n  "analytics"\n]';
  expect(JSON.parse(withTwin("a.json", text, "tax"))).toEqual([
    "order",
    "analytics",
    "tax",
  ]);
});

it("takes an entry of JSON with its braces, also where it was the last one", () => {
  const text = '{\n  "analytics": {\n    "port": 1\n  }\n}';
  expect(JSON.parse(withTwin("a.json", text, "tax"))).toEqual({
    analytics: { port: 1 },
    tax: { port: 1 },
  });
});

it("extends a list in one line", () => {
  expect(withTwin("a.tpl", "calls: [order, analytics]", "tax")).toBe(
    "calls: [order, analytics, tax]",
  );
});

it("leaves alone what only sounds like it", () => {
  const text = "ANALYTICS_URL: 1\nGF_ANALYTICS_REPORTING: 1";
  expect(withTwin("a.yml", text, "tax")).toBe(
    "ANALYTICS_URL: 1\nTAX_URL: 1\nGF_ANALYTICS_REPORTING: 1",
  );
});

it("says which list it does not understand any more", () => {
  expect(() => withTwin("a.yml", "order: 1", "tax")).toThrow(
    "a.yml lists no analytics.",
  );
});

it.each(listedIn)("finds its place in %s", (file) => {
  const text = readFileSync(join(import.meta.dirname, "..", file), "utf8");
  const extended = withTwin(file, text, "loyalty");
  expect(extended).toMatch(/loyalty/i);
  if (file.endsWith(".json"))
    expect(() => JSON.parse(extended) as unknown).not.toThrow();
});
