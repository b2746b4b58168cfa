import { ByteReader } from "./byte-reader.ts";
import { HeaderNames } from "./header-names.ts";
import { magic } from "./record-batch-encoder.ts";

/** A record as a fetch brings it: texts for the bus, and what kafkajs itself looks at. */
export type FetchedRecord = {
  readonly offset: string;
  /** Empty for null, as is the value. */
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Says how a transaction ended, or stands for records that are gone; kafkajs hands none on. */
  readonly isControlRecord: boolean;
  readonly batchContext: {
    readonly producerId: string;
    readonly inTransaction: boolean;
  };
};

/** From a batch's beginning: what says how long it is, what it is, and where its records begin. */
const place = {
  epoch: 12,
  magic: 16,
  attributes: 21,
  lastOffsetDelta: 23,
  producerId: 43,
  count: 57,
  records: 61,
} as const;
const compression = 0x07;
const transaction = 0x10;
const control = 0x20;

const names = new HeaderNames();

/**
 * The records of the batches that lie in `bytes` from `start` to `end`; a fetch may cut off the last batch. Undefined where
 * one is compressed or of an older version.
 */
export function readRecordBatches(
  bytes: Buffer,
  start: number,
  end: number,
): FetchedRecord[] | undefined {
  const records: FetchedRecord[] = [];
  let at = start;
  while (at + place.magic < end) {
    if (bytes[at + place.magic] !== magic) return undefined;
    const next = at + place.epoch + bytes.readInt32BE(at + place.epoch - 4);
    if (next > end || at + place.records > end) break;
    const attributes = bytes.readInt16BE(at + place.attributes);
    if (attributes & compression) return undefined;
    readBatch(bytes, at, next, attributes, records);
    at = next;
  }
  return records;
}

function readBatch(
  bytes: Buffer,
  start: number,
  end: number,
  attributes: number,
  records: FetchedRecord[],
): void {
  const firstOffset = Number(bytes.readBigInt64BE(start));
  if (end < start + place.records) throw malformed(firstOffset);
  const isControlRecord = (attributes & control) > 0;
  const batchContext = {
    producerId: String(bytes.readBigInt64BE(start + place.producerId)),
    inTransaction: (attributes & transaction) > 0,
  };
  const reader = new ByteReader(bytes, start + place.records);
  let reached = firstOffset - 1;
  for (let left = bytes.readInt32BE(start + place.count); left > 0; left -= 1) {
    const length = reader.varint();
    const next = reader.at + length;
    if (length <= 0 || next > end) throw malformed(firstOffset);
    reader.skip(1); // attributes
    reader.skipVarint(); // timestamp
    reached = firstOffset + reader.varint();
    records.push({
      offset: String(reached),
      key: reader.text(),
      value: reader.text(),
      headers: headersUntil(next, reader),
      isControlRecord,
      batchContext,
    });
    if (reader.at !== next) throw malformed(firstOffset);
  }
  const last = firstOffset + bytes.readInt32BE(start + place.lastOffsetDelta);
  if (last > reached)
    records.push({ ...gone, offset: String(last), batchContext });
}

/** For what a topic's compaction took from a batch's end, perhaps all of it: a consumer must get past it. */
const gone = { key: "", value: "", headers: {}, isControlRecord: true };

const malformed = (offset: number): RangeError =>
  new RangeError(`The record batch at offset ${offset} is malformed.`);

/**
 * The headers, which are a record's last part. One conversion serves them all where each byte is a character; one that is
 * null is left out, one that comes again is a list with commas.
 */
function headersUntil(end: number, reader: ByteReader): Record<string, string> {
  const { bytes, at: start } = reader;
  const all = bytes.toString("utf8", start, end);
  const cut = all.length === end - start;
  const headers: Record<string, string> = {};
  names.begin();
  for (let left = reader.varint(); left > 0 && reader.at < end; left -= 1) {
    const nameLength = reader.varint();
    const name = names.read(bytes, reader.skip(nameLength), reader.at);
    const length = reader.varint();
    if (length < 0) continue;
    const from = reader.skip(length);
    const text = cut
      ? all.substring(from - start, reader.at - start)
      : bytes.toString("utf8", from, reader.at);
    headers[name] = Object.hasOwn(headers, name)
      ? `${headers[name]},${text}`
      : text;
  }
  return headers;
}
