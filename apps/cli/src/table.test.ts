import { facts, table } from "./table.ts";

it("sets rows in columns as wide as what stands in them", () => {
  const rows = [
    ["1", null, "a"],
    ["long", 12, "b"],
  ];
  expect(table(["id", "count", "x"], rows)).toBe(
    ["id    count  x", "1     -      a", "long  12     b"].join("\n"),
  );
});

it("says so when there is nothing", () => {
  expect(table(["id"], [], "No saga.")).toBe("No saga.");
});

it("keeps each row on its line, and strangers' control characters from the terminal", () => {
  expect(table(["x"], [["one\ntwo"], ["\u001b[2Jgone"]])).toBe(
    "x\none\n [2Jgone",
  );
});

it("sets facts below each other", () => {
  expect(facts({ a: 1, "a longer name": { b: 2 } })).toBe(
    'a              1\na longer name  {"b":2}',
  );
});
