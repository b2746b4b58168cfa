import { contractOf } from "@cartwright/contracts/catalogue";
import type { Message } from "@cartwright/contracts/message";
import { newerEvent, type Readable } from "@cartwright/contracts/newer-event";
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
  const envelope = envelopeOf(record, contract);
  if (envelope === undefined) {
    return unreadable(
      record,
      "malformed",
      "a ce_ header is missing or no number",
    );
  }
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

function envelopeOf(
  record: ReceivedRecord,
  contract: Readable,
): Message | undefined {
  const { headers } = record;
  const sequence = Number(headers.ce_sequence);
  const attempt =
    headers.ce_attempt === undefined ? undefined : Number(headers.ce_attempt);
  const wellFormed =
    Number.isInteger(sequence) &&
    (contract.kind === "command") === (attempt !== undefined) &&
    (attempt === undefined || Number.isInteger(attempt)) &&
    headers.ce_subject !== undefined &&
    headers.ce_correlationid !== undefined;
  if (!wellFormed) return undefined;
  return {
    type: contract.type,
    topic: contract.topic,
    id: headers.ce_id ?? "",
    source: headers.ce_source ?? "",
    subject: headers.ce_subject ?? "",
    time: headers.ce_time ?? "",
    key: record.key,
    sequence,
    correlationId: headers.ce_correlationid ?? "",
    data: undefined,
    ...(headers.ce_causationid !== undefined && {
      causationId: headers.ce_causationid,
    }),
    ...(headers.ce_commandid !== undefined && {
      commandId: headers.ce_commandid,
    }),
    ...(attempt !== undefined && { attempt }),
    ...(headers.traceparent !== undefined && {
      traceparent: headers.traceparent,
    }),
  };
}

const holdsNul = ({ key, value }: ReceivedRecord): boolean =>
  value.includes("\0") || key.includes("\0");

/** As it can be set aside: Postgres has no place for NUL, with which binary formats begin. */
const withoutNul = (record: ReceivedRecord): ReceivedRecord => ({
  ...record,
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
