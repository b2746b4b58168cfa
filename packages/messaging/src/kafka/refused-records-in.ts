import { RefusedRecords } from "../bus.ts";

/** What a broker answers about records, and would answer again. Not what has to do with its clock, its copies or its disk. */
const refusals = new Set<unknown>([
  "MESSAGE_TOO_LARGE",
  "RECORD_LIST_TOO_LARGE",
  "INVALID_RECORD",
  "INVALID_TOPIC_EXCEPTION",
]);

/** What a failed send says about its records; undefined where it says nothing about them. */
export function refusedRecordsIn(error: unknown): RefusedRecords | undefined {
  const refusal = refusalIn(error);
  return refusal === undefined
    ? undefined
    : new RefusedRecords(refusal, { cause: error });
}

/** In a sentence, whether a broker refuses a record or it cannot be encoded. */
function refusalIn(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { type, code, name, message, cause } = error as Record<string, unknown>;
  if (refusals.has(type)) return `${String(type)}: ${String(message)}.`;
  const cannotBeEncoded =
    name === "RangeError" || code === "ERR_INVALID_ARG_TYPE";
  if (cannotBeEncoded) return `It cannot be encoded: ${String(message)}.`;
  return refusalIn(cause);
}
