import { contractOf } from "@cartwright/contracts/catalogue";
import type { Message } from "@cartwright/contracts/message";
import { newerEvent, type Readable } from "@cartwright/contracts/newer-event";
import { days } from "@cartwright/kernel/duration";
import { isUuid, madeAt } from "@cartwright/kernel/ids";
import type { ReceivedRecord } from "./bus.ts";
import type { Types } from "./handler.ts";
import type { Outgoing } from "./outbox.ts";

/** CloudEvents 1.0 in Kafka's binary binding: attributes as `ce_` headers, the data as the value. */

/** Headers that are the same on every message; added where a record leaves for a broker. */
export const constantHeaders = {
  ce_specversion: "1.0",
  "content-type": "application/json",
} as const;

/** The headers of one outgoing message. */
export function headersOf(
  { draft, sequence, cause, attempt }: Outgoing,
  stamp: {
    readonly id: string;
    readonly source: string;
    readonly time: string;
  },
): Record<string, string> {
  const headers: Record<string, string> = {
    ce_id: stamp.id,
    ce_type: draft.type,
    ce_source: stamp.source,
    ce_subject: draft.subject,
    ce_time: stamp.time,
    ce_sequence: String(sequence),
    ce_correlationid: cause.correlationId,
  };
  if (cause.causationId !== undefined)
    headers.ce_causationid = cause.causationId;
  if (cause.commandId !== undefined) headers.ce_commandid = cause.commandId;
  if (attempt !== undefined) headers.ce_attempt = String(attempt);
  if (cause.traceparent !== undefined) headers.traceparent = cause.traceparent;
  return headers;
}

/** A record that is no message of ours: why, and what it said. */
export type Unreadable = {
  readonly reason: "malformed" | "unknown-type" | "schema-mismatch";
  readonly detail: string;
};

export type Decoded =
  | { readonly message: Message; readonly record: ReceivedRecord }
  | { readonly unreadable: Unreadable; readonly record: ReceivedRecord };

/** Reads a record as a message of the contracts; the data is checked only for types in `wanted`. */
export function decode(record: ReceivedRecord, wanted: Types): Decoded {
  const type = record.headers.ce_type;
  if (holdsNul(record)) {
    return unreadable(withoutNul(record), "malformed", "it is no text");
  }
  if (
    type === undefined ||
    record.headers.ce_id === undefined ||
    record.key === ""
  ) {
    return unreadable(
      record,
      "malformed",
      "ce_id, ce_type or the key is missing",
    );
  }
  const contract = contractOf(type) ?? newerEvent(type, record.topic);
  if (contract === undefined) return unreadable(record, "unknown-type", type);
  const fault = faultIn(record, contract);
  if (fault !== undefined) return unreadable(record, "malformed", fault);
  const envelope = envelopeOf(record, contract);
  if (!wanted.has(type)) return { record, message: envelope };
  return withData(record, contract, envelope);
}

function withData(
  record: ReceivedRecord,
  contract: Readable,
  envelope: Message,
): Decoded {
  let data: unknown;
  try {
    data = JSON.parse(record.value);
  } catch (error) {
    return unreadable(record, "malformed", String(error));
  }
  const parsed = contract.schema.safeParse(data);
  return parsed.success
    ? {
        record,
        message: { ...envelope, data: parsed.data, payload: record.value },
      }
    : unreadable(record, "schema-mismatch", parsed.error.message);
}

/** Tables have room for the events of a week ahead; clocks do not differ by so much. */
const ahead = days(6);

/** Why no consumer can take what these headers say. */
function faultIn(
  { headers }: ReceivedRecord,
  { kind }: Readable,
): string | undefined {
  const { ce_id: id = "", ce_time: time = "", ce_attempt: attempt } = headers;
  const areAllThere =
    isInt(headers.ce_sequence) &&
    (kind === "command") === (attempt !== undefined) &&
    (attempt === undefined || isInt(attempt)) &&
    headers.ce_subject !== undefined &&
    headers.ce_correlationid !== undefined;
  if (!areAllThere) return "a ce_ header is missing or no number";
  if (!isUuid(id)) return "ce_id is no UUID";
  if (kind === "event" && madeAt(id) > Date.now() + ahead)
    return "ce_id is of a day to come";
  return Number.isNaN(Date.parse(time)) ? "ce_time is no time" : undefined;
}

/** As Postgres' integers go. */
function isInt(header: string | undefined): boolean {
  const number = Number(header);
  return (number | 0) === number;
}

function envelopeOf({ key, headers }: ReceivedRecord, contract: Readable) {
  const message: Message = {
    type: contract.type,
    topic: contract.topic,
    id: (headers.ce_id ?? "").toLowerCase(), // as Postgres gives it back
    source: headers.ce_source ?? "",
    subject: headers.ce_subject ?? "",
    time: headers.ce_time ?? "",
    key,
    sequence: Number(headers.ce_sequence),
    correlationId: headers.ce_correlationid ?? "",
    data: undefined,
    ...(headers.ce_causationid !== undefined && {
      causationId: headers.ce_causationid,
    }),
    ...(headers.ce_commandid !== undefined && {
      commandId: headers.ce_commandid,
    }),
    ...(headers.ce_attempt !== undefined && {
      attempt: Number(headers.ce_attempt),
    }),
    ...(headers.traceparent !== undefined && {
      traceparent: headers.traceparent,
    }),
  };
  return message;
}

const holdsNul = ({ key, value, headers }: ReceivedRecord): boolean =>
  value.includes("\0") ||
  key.includes("\0") ||
  Object.values(headers).some((header) => header.includes("\0"));

/** As it can be set aside: Postgres has no place for NUL, with which binary formats begin. */
const withoutNul = (record: ReceivedRecord): ReceivedRecord => ({
  ...record,
  headers: Object.fromEntries(
    Object.entries(record.headers).map(([name, header]) => [
      name,
      header.replaceAll("\0", "\uFFFD"),
    ]),
  ),
  key: record.key.replaceAll("\0", "\uFFFD"),
  value: record.value.replaceAll("\0", "\uFFFD"),
});

const unreadable = (
  record: ReceivedRecord,
  reason: Unreadable["reason"],
  detail: string,
): Decoded => ({
  record,
  unreadable: { reason, detail: detail.slice(0, 2_000) },
});
