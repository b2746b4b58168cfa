import { isRetryable, isUnavailable } from "./is-retryable.ts";

const failure = (fields: object, message = "") =>
  Object.assign(new Error(message), fields);

describe("isRetryable", () => {
  it.each([
    ["a serialization failure", failure({ code: "40001" })],
    ["a deadlock", failure({ code: "40P01" })],
    ["a lock that was not to be had in time", failure({ code: "55P03" })],
    ["a statement that took too long", failure({ code: "57014" })],
    ["a connection closed by the administrator", failure({ code: "57P01" })],
    ["a crashed server", failure({ code: "57P02" })],
    ["a server that is starting", failure({ code: "57P03" })],
    [
      "a process that held its transaction idle too long",
      failure({ code: "25P03" }),
    ],
    ["a connection exception", failure({ code: "08006" })],
    ["too many connections", failure({ code: "53300" })],
    ["a full disk", failure({ code: "53100" })],
    ["a refused connection", failure({ code: "ECONNREFUSED" })],
    [
      "a refused connection on each address",
      new AggregateError([failure({ code: "ECONNREFUSED" })]),
    ],
    [
      "a socket that is gone with its server",
      failure({ code: "ENOENT" }, "connect ENOENT /run/.s.PGSQL.5432"),
    ],
    ["a reset connection", failure({ code: "ECONNRESET" })],
    [
      "a connection that broke in the middle",
      new Error("Connection terminated unexpectedly"),
    ],
    [
      "waiting for a free connection",
      new Error("timeout exceeded when trying to connect"),
    ],
    ["a server that no longer answers", new Error("Query read timeout")],
    ["Prisma's write conflict", failure({ code: "P2034" })],
    [
      "Prisma's transaction that could not start",
      failure(
        { code: "P2028" },
        "Transaction API error: Unable to start a transaction in the given time.",
      ),
    ],
    [
      "a deadlock in Prisma's raw SQL",
      failure({ code: "P2010", meta: { code: "40P01" } }),
    ],
    [
      "a serialization failure in Prisma's raw SQL",
      failure({ code: "P2010" }, "Raw query failed. Code: `40001`."),
    ],
    [
      "Prisma's conflict at COMMIT",
      failure({
        name: "DriverAdapterError",
        cause: { kind: "TransactionWriteConflict" },
      }),
    ],
    [
      "a lock that a model of Prisma's did not get in time",
      failure({
        code: "P2039",
        meta: {
          driverAdapterError: {
            name: "DriverAdapterError",
            cause: { kind: "postgres", originalCode: "55P03" },
          },
        },
      }),
    ],
    [
      "a server that Prisma cannot reach",
      failure({ cause: { kind: "DatabaseNotReachable" } }),
    ],
    [
      "one of these as a cause",
      new Error("saving failed", { cause: failure({ code: "40001" }) }),
    ],
  ])("tries again after %s", (_, error) => {
    expect(isRetryable(error)).toBe(true);
  });

  it.each([
    ["a broken constraint", failure({ code: "23505" })],
    ["a wrong statement", failure({ code: "42601" })],
    ["a forbidden table", failure({ code: "42501" })],
    [
      "another failure in Prisma's raw SQL",
      failure({ code: "P2010", meta: { code: "23505" } }),
    ],
    [
      "a Prisma transaction that ran out of time",
      failure({ code: "P2028" }, "Transaction already closed"),
    ],
    [
      "a broken constraint in a model of Prisma's",
      failure({
        code: "P2002",
        meta: {
          driverAdapterError: {
            cause: {
              kind: "UniqueConstraintViolation",
              originalCode: "23505",
            },
          },
        },
      }),
    ],
    ["a missing row in Prisma", failure({ code: "P2025" })],
    ["a missing file", failure({ code: "ENOENT" }, "ENOENT: no such file")],
    ["a programming error", new TypeError("x is not a function")],
    ["a thrown string", "40001"],
    ["nothing", undefined],
  ])("gives up on %s", (_, error) => {
    expect(isRetryable(error)).toBe(false);
  });
});

describe("isUnavailable", () => {
  it.each(["57P01", "08006", "53300", "ECONNREFUSED"])(
    "says so of %s",
    (code) => {
      expect(isUnavailable(failure({ code }))).toBe(true);
    },
  );

  it.each(["40001", "40P01", "55P03", "57014", "23505"])(
    "not of %s, which a part of the work may not meet",
    (code) => {
      expect(isUnavailable(failure({ code }))).toBe(false);
    },
  );
});
