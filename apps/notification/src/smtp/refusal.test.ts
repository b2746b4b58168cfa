import { failureIn, refusalIn } from "./refusal.ts";

const anError = (fields: object) =>
  Object.assign(new Error("Mail command failed"), fields);

it.each([
  ["RCPT TO", 550, "recipient-refused"],
  ["DATA", 554, "mail-refused"],
])(
  "takes what is said to %s with %i for final",
  (command, responseCode, code) => {
    const error = anError({ command, responseCode });
    expect(refusalIn(error)).toEqual({ status: "refused", code });
  },
);

it.each([
  ["RCPT TO", 451],
  ["DATA", 421],
  ["RCPT TO", 530],
  ["MAIL FROM", 553],
  ["AUTH PLAIN", 535],
  ["EHLO", 554],
])(
  "takes what is said to %s with %i for nothing final",
  (command, responseCode) => {
    expect(refusalIn(anError({ command, responseCode }))).toBeUndefined();
  },
);

it("gives up on a mail that is too large, and on a recipient without an address", () => {
  expect(
    refusalIn(anError({ code: "EMESSAGE", command: "MAIL FROM" })),
  ).toEqual({ status: "refused", code: "mail-refused" });
  expect(refusalIn(anError({ code: "EENVELOPE", command: "API" }))).toEqual({
    status: "refused",
    code: "recipient-refused",
  });
});

it("does not give up when nobody has said anything", () => {
  for (const code of ["ECONNECTION", "ETIMEDOUT", "ESOCKET", "ETLS", "EDNS"])
    expect(refusalIn(anError({ code, command: "CONN" }))).toBeUndefined();
});

it("says what the server has answered to what, but to a login only with which code", () => {
  const said = (command: string) =>
    failureIn(
      anError({ command, responseCode: 451, response: "451 4.7.1\r\nLater" }),
    ).message;
  expect(said("RCPT TO")).toBe(
    "The mail server has answered 451 to RCPT TO: 451 4.7.1 Later",
  );
  expect(said("AUTH PLAIN")).toBe(
    "The mail server has answered 451 to AUTH PLAIN",
  );
});
