/**
 * Whether the failure lies with the infrastructure and may be gone on the next try: the same work
 * can be run again from its start. An unknown COMMIT outcome (the connection broke) is among them,
 * because work is built with stable ids.
 */
export function isRetryable(error: unknown): boolean {
  return chainOf(error).some(isRetryableAlone);
}

const noConnection = "timeout exceeded when trying to connect";

/** Whether no connection was to be had in the time that one may take: every one of the pool is in use. */
export const isExhausted = (error: unknown): boolean =>
  chainOf(error).some(({ message }: { message?: unknown }) =>
    String(message).includes(noConnection),
  );

const statementTimeout = "57014"; // a slow database, not a bad statement

/** Whether a statement took longer than the server allows. */
export const isOverdue = (error: unknown): boolean =>
  chainOf(error).some(
    ({ code }: { code?: unknown }) => code === statementTimeout,
  );

/** Whether the error says only that a statement of the same transaction has failed before. */
export const isAborted = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === "25P02";

/** Somebody else is in the way of some of the work: the rest of it may well be done. */
const contendedStates = new Set([
  "40001", // serialization failure
  "40P01", // deadlock
  "55P03", // lock not available in time
  statementTimeout,
]);

const retryableStates = new Set([
  ...contendedStates,
  "57P01", // administrator closed the connection
  "57P02", // crash of the server
  "57P03", // server is starting up
  "25P03", // idle in transaction too long: this process was held up
]);

/** Whether no work at all can be done: the database is out of reach or out of means. */
export const isUnavailable = (error: unknown): boolean =>
  isRetryable(error) &&
  !chainOf(error).some(({ code }: { code?: unknown }) =>
    contendedStates.has(String(code)),
  );

/** Connection exceptions and a server short of connections, memory or disk. */
const retryableClasses = new Set(["08", "53"]);

const brokenConnection = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** What pg and Prisma say in plain errors that carry no code, or one that says less. */
const retryableMessages = [
  "connect ENOENT", // a server takes its socket's file away with it
  "Connection terminated",
  "Query read timeout",
  "Client has encountered a connection error and is not queryable",
  noConnection,
  "Unable to start a transaction in the given time",
];

/** What Prisma's adapter makes of some codes; the others it hands on as `originalCode`. */
const retryableKinds = new Set<unknown>([
  "TransactionWriteConflict",
  "ConnectionClosed",
  "DatabaseNotReachable",
  "SocketTimeout",
  "TooManyConnections",
]);

function isRetryableAlone(error: object): boolean {
  const { code, originalCode, message, kind, meta } = error as Record<
    string,
    unknown
  >;
  if (retryableKinds.has(kind)) return true;
  for (const one of [code, originalCode])
    if (typeof one === "string" && isRetryableCode(one, meta, message))
      return true;
  return (
    typeof message === "string" &&
    retryableMessages.some((phrase) => message.includes(phrase))
  );
}

function isRetryableCode(
  code: string,
  meta: unknown,
  message: unknown,
): boolean {
  if (code === "P2034") return true;
  if (code === "P2010") {
    return /\b(40001|40P01)\b/.test(
      `${JSON.stringify(meta ?? {})} ${String(message)}`,
    );
  }
  if (brokenConnection.has(code) || retryableStates.has(code)) return true;
  return (
    /^[0-9A-Z]{5}$/.test(code) &&
    !code.startsWith("P") &&
    retryableClasses.has(code.slice(0, 2))
  );
}

/**
 * The error, what caused it, and what it bundles: Node joins the refusals of several addresses, Prisma
 * keeps the driver's error in `meta`.
 */
function chainOf(error: unknown, depth = 0): object[] {
  if (typeof error !== "object" || error === null || depth > 5) return [];
  const { cause, errors, meta } = error as Record<string, unknown>;
  const { driverAdapterError } = (meta ?? {}) as Record<string, unknown>;
  const bundled: unknown[] = Array.isArray(errors) ? errors : [];
  return [
    error,
    ...[cause, driverAdapterError, ...bundled].flatMap((inner) =>
      chainOf(inner, depth + 1),
    ),
  ];
}
