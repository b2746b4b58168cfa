import type { BusRecord } from "../../bus.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { crc32c } from "./crc32c.ts";

/** What of a record lies in its batch. */
export type PlainMessage = Pick<BusRecord, "key" | "headers" | "value">;

/** Version 2 of Kafka's record batches: the one that has headers. */
export const magic = 2;
/** From the batch's beginning to its leader epoch: the base offset and the length of what follows. */
const untilEpoch = 12;
const noProducer = -1;
const knownNames = 256;

/** Headers' names as they are sent, behind their length: there are few, and each record brings them again. */
const names = new Map<string, Buffer>();

/** Writes one uncompressed record batch of messages that are stamped `now`, in epoch milliseconds. */
export function writeRecordBatch(
  out: ByteWriter,
  messages: readonly PlainMessage[],
  now: number,
): void {
  const start = out.length;
  out.int64(0); // base offset: the broker's to give
  out.int32(0); // length, below
  out.int32(0); // leader epoch
  out.int8(magic);
  const checksumAt = out.length;
  out.int32(0); // checksum, below
  const checkedFrom = out.length;
  out.int16(0); // attributes: no compression, no transaction
  out.int32(messages.length - 1);
  out.int64(now);
  out.int64(now);
  out.int64(noProducer);
  out.int16(0);
  out.int32(0);
  out.int32(messages.length);
  for (let i = 0; i < messages.length; i += 1) {
    const message = messages[i];
    if (message) writeRecord(out, message, i);
  }
  out.setInt32(start + untilEpoch - 4, out.length - start - untilEpoch);
  out.setInt32(checksumAt, out.over(checkedFrom, crc32c));
}

function writeRecord(
  out: ByteWriter,
  { key, value, headers }: PlainMessage,
  offsetDelta: number,
): void {
  const begun = out.begin();
  out.int8(0); // attributes
  out.int8(0); // later than the batch's time by
  out.varint(offsetDelta);
  out.text(key);
  out.text(value);
  out.varint(Object.keys(headers).length);
  for (const name in headers) {
    writeName(out, name);
    out.text(headers[name] ?? "");
  }
  out.end(begun);
}

function writeName(out: ByteWriter, name: string): void {
  const known = names.get(name);
  if (known) {
    out.raw(known);
    return;
  }
  const start = out.length;
  out.text(name);
  if (names.size < knownNames) names.set(name, out.copy(start));
}
