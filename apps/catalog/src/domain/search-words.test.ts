import { searchWords } from "./search-words.ts";

it.each([
  ["blue mug", ["blue", "mug"]],
  ["MUG-01", ["mug", "01"]],
  ["  Käse & Brot! ", ["käse", "brot"]],
  ["':* | !x", ["x"]],
  ["%_", []],
])("searching for %j looks for %j", (text, words) => {
  expect(searchWords(text)).toEqual(words);
});
