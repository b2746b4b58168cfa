import type { z } from "zod";

type Issue = z.core.$ZodRawIssue;

/**
 * Says in a sentence what Zod finds wrong, where the schema has none of its own: for whoever has sent the value,
 * so without patterns and the names of types. Undefined where Zod says it well enough.
 */
export function sentenceOf(issue: Issue): string | undefined {
  if (issue.input === undefined) return "This is required.";
  switch (issue.code) {
    case "invalid_type":
      return `${kinds[issue.expected] ?? "Something else"} is expected.`;
    case "invalid_value":
      return issue.values.length === 1
        ? `${String(issue.values[0])} is expected.`
        : `One of ${issue.values.map(String).join(", ")} is expected.`;
    case "invalid_format":
      return `${formats[issue.format] ?? "Another form"} is expected.`;
    case "too_small":
      return tooSmall(issue);
    case "too_big":
      return `${issue.inclusive === false ? "Less than" : "At most"} ${amountOf(issue.origin, issue.maximum)} expected.`;
    case "unrecognized_keys":
      return "This field is not known.";
    case "invalid_union":
      return "None of the forms that this may have.";
    case "custom":
    case "invalid_element":
    case "invalid_key":
    case "not_multiple_of":
      return undefined;
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: "A text",
  number: "A number",
  int: "A whole number",
  boolean: "True or false",
  object: "An object",
  record: "An object",
  array: "A list",
};

const formats: Readonly<Record<string, string>> = {
  guid: "A UUID",
  uuid: "A UUID",
  datetime: "A time in UTC, like 2026-01-31T12:00:00Z,",
  date: "A date, like 2026-01-31,",
  email: "An email address",
  url: "A URL",
};

function tooSmall(issue: Extract<Issue, { code: "too_small" }>): string {
  const { origin, minimum, inclusive } = issue;
  if (origin !== "number" && Number(minimum) === 1) {
    return "This must not be empty.";
  }
  return `${inclusive === false ? "More than" : "At least"} ${amountOf(origin, minimum)} expected.`;
}

const units: Readonly<Record<string, string>> = {
  string: " characters",
  array: " entries",
};

const amountOf = (origin: string, limit: number | bigint): string =>
  origin in units ? `${limit}${units[origin]} are` : `${limit} is`;
