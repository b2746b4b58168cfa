import { z } from "zod";
import { check } from "./faults.ts";

const schema = z.strictObject({
  name: z.string().min(1).max(3).optional(),
  size: z.coerce.number().int().positive().max(9).optional(),
  colour: z.enum(["red", "blue"]).optional(),
  id: z.guid().optional(),
  at: z.iso.datetime().optional(),
  code: z
    .string()
    .regex(/^[A-Z]$/)
    .optional(),
  slug: z
    .string()
    .regex(/^[a-z]$/, "A letter.")
    .optional(),
  tags: z.array(z.int()).min(2).optional(),
  either: z.union([z.int(), z.boolean()]).optional(),
  needed: z.string(),
});

const faultsOf = (value: object) =>
  check(schema, { needed: "", ...value }, "query").faults;

it.each([
  [{ needed: undefined }, "needed", "This is required."],
  [{ name: 1 }, "name", "A text is expected."],
  [{ name: "" }, "name", "This must not be empty."],
  [{ name: "abcd" }, "name", "At most 3 characters are expected."],
  [{ size: "x" }, "size", "A number is expected."],
  [{ size: "1.5" }, "size", "A whole number is expected."],
  [{ size: "0" }, "size", "More than 0 is expected."],
  [{ size: "10" }, "size", "At most 9 is expected."],
  [{ colour: "green" }, "colour", "One of red, blue is expected."],
  [{ id: "7" }, "id", "A UUID is expected."],
  [
    { at: "now" },
    "at",
    "A time in UTC, like 2026-01-31T12:00:00Z, is expected.",
  ],
  [{ code: "a" }, "code", "Another form is expected."],
  [{ slug: "A" }, "slug", "A letter."],
  [{ tags: [1] }, "tags", "At least 2 entries are expected."],
  [{ tags: [1, 2.5] }, "tags.1", "A whole number is expected."],
  [{ either: "" }, "either", "None of the forms that this may have."],
  [{ more: 1 }, "more", "This field is not known."],
])("says of %j at %s: %s", (value, path, message) => {
  expect(faultsOf(value)).toEqual([{ path: `query.${path}`, message }]);
});

it("names the fields of a body without it, and the whole of it as such", () => {
  const paths = (value: unknown) =>
    check(schema, value, "body").faults?.map(({ path }) => path);
  expect(paths({})).toEqual(["needed"]);
  expect(paths([])).toEqual(["body"]);
  expect(paths(undefined)).toEqual(["body"]);
});
