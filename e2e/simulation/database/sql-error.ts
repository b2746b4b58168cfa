/** An error of the server, with its SQLSTATE, as pg gives it. */
export class SqlError extends Error {
  readonly code: string;
  readonly constraint: string | undefined;

  constructor(code: string, message: string, constraint?: string) {
    super(message);
    this.name = "error";
    this.code = code;
    this.constraint = constraint;
  }
}

export const uniqueViolation = (constraint: string): SqlError =>
  new SqlError(
    "23505",
    `duplicate key value violates unique constraint "${constraint}"`,
    constraint,
  );

export const checkViolation = (table: string, constraint: string): SqlError =>
  new SqlError(
    "23514",
    `new row for relation "${table}" violates check constraint "${constraint}"`,
    constraint,
  );

export const foreignKeyViolation = (constraint: string): SqlError =>
  new SqlError(
    "23503",
    `insert or update violates foreign key constraint "${constraint}"`,
    constraint,
  );

export const nullViolation = (): SqlError =>
  new SqlError("23502", "null value in a column violates not-null constraint");

export const invalidText = (type: string, text: string): SqlError =>
  new SqlError("22P02", `invalid input syntax for type ${type}: "${text}"`);

export const outOfRange = (type: string): SqlError =>
  new SqlError("22003", `value is out of range for type ${type}`);

export const untranslatable = (): SqlError =>
  new SqlError("22021", 'invalid byte sequence for encoding "UTF8": 0x00');

export const noPartition = (table: string): SqlError =>
  new SqlError("23514", `no partition of relation "${table}" found for row`);

export const affectedTwice = (): SqlError =>
  new SqlError(
    "21000",
    "ON CONFLICT DO UPDATE command cannot affect row a second time",
  );

export const deadlockDetected = (): SqlError =>
  new SqlError("40P01", "deadlock detected");

export const serializationFailure = (): SqlError =>
  new SqlError(
    "40001",
    "could not serialize access due to concurrent update (injected)",
  );

export const lockTimeout = (): SqlError =>
  new SqlError("55P03", "canceling statement due to lock timeout");

export const statementTimeout = (): SqlError =>
  new SqlError("57014", "canceling statement due to statement timeout");

export const idleTooLong = (): SqlError =>
  new SqlError(
    "25P03",
    "terminating connection due to idle-in-transaction timeout",
  );

export const shuttingDown = (): SqlError =>
  new SqlError("57P01", "terminating connection due to administrator command");

export const aborted = (): SqlError =>
  new SqlError(
    "25P02",
    "current transaction is aborted, commands ignored until end of transaction block",
  );

/** What pg says, in plain errors, of a connection that is gone. */
export const connectionLost = (): Error =>
  new Error("Connection terminated unexpectedly");

export const notQueryable = (): Error =>
  new Error("Client has encountered a connection error and is not queryable");

export const connectionRefused = (): Error =>
  Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
