import { answeredWith } from "./http-attributes.ts";

it.each([
  ["server", 499, false],
  ["server", 500, true],
  ["client", 399, false],
  ["client", 400, true],
] as const)("takes, at the %s, %i for an error: %s", (side, status, failed) => {
  expect(answeredWith(side, status)).toEqual({
    "http.response.status_code": status,
    ...(failed && { "error.type": String(status) }),
  });
});
