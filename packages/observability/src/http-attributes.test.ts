import {
  answeredWith,
  askedAttributes,
  knownMethod,
  servedAttributes,
} from "./http-attributes.ts";

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

it.each([
  [
    "https://pay.example/a?key=s3cret",
    443,
    "https://pay.example/a?key=REDACTED",
  ],
  ["http://u:s3cret@pay.example/a", 80, "http://pay.example/a"],
  ["http://pay.example:81/", 81, "http://pay.example:81/"],
])("says where %s goes, and nothing secret", (url, port, full) => {
  expect(askedAttributes("POST", url)).toEqual({
    "http.request.method": "POST",
    "server.address": "pay.example",
    "server.port": port,
    "url.full": full,
  });
});

it("takes words that callers make up for one method", () => {
  expect(knownMethod("PATCH")).toBe("PATCH");
  const request = { method: "MKCOL", url: "/x", scheme: "http", status: 404 };
  expect(servedAttributes(request)).toMatchObject({
    "http.request.method": "_OTHER",
    "http.request.method_original": "MKCOL",
  });
});
