/**
 * Arrays in PostgreSQL's binary format. As texts they are quoted here and unquoted there, character by
 * character, which is half of what a batch insert costs on either side (`docs/performance.md`).
 */

/** Undefined when a value is none of the type: then it goes as text, and the server says what is wrong. */
export type ArrayEncoder = (values: readonly unknown[]) => Buffer | undefined;

/** Writes a value and its length at `offset` of the page; returns where it ends, or `unfit`. */
type WriteElement = (value: unknown, offset: number) => number;

const unfit = -1;
const lengthBytes = 4;
const headerBytes = 20;
const emptyHeaderBytes = 12;

/** What is being written; what is sent is a copy. */
let page = Buffer.allocUnsafe(1 << 16);

function makeRoom(offset: number, bytes: number): void {
  if (offset + bytes <= page.length) return;
  const larger = Buffer.allocUnsafe(Math.max(page.length * 2, offset + bytes));
  page.copy(larger, 0, 0, offset);
  page = larger;
}

const encoder =
  (elementType: number, write: WriteElement): ArrayEncoder =>
  (values) => {
    let end = values.length === 0 ? emptyHeaderBytes : headerBytes;
    for (const value of values) {
      if (value === null || value === undefined) {
        makeRoom(end, lengthBytes);
        end = page.writeInt32BE(-1, end);
      } else {
        end = write(value, end);
        if (end === unfit) return undefined;
      }
    }
    page.writeInt32BE(values.length === 0 ? 0 : 1, 0);
    page.writeInt32BE(1, 4); // there may be nulls
    page.writeInt32BE(elementType, 8);
    if (values.length > 0) {
      page.writeInt32BE(values.length, 12);
      page.writeInt32BE(1, 16); // SQL counts from one
    }
    return Buffer.from(page.subarray(0, end));
  };

const mostBytesPerCharacter = 3;

/** Leaves `before` bytes free between its length and the text. */
function writeText(value: string, before: number, offset: number): number {
  const most = before + value.length * mostBytesPerCharacter;
  makeRoom(offset, lengthBytes + most);
  const begin = offset + lengthBytes;
  const bytes = before + page.write(value, begin + before);
  page.writeInt32BE(bytes, offset);
  return begin + bytes;
}

const text: WriteElement = (value, offset) =>
  typeof value === "string" ? writeText(value, 0, offset) : unfit;

const jsonbVersion = 1;

const jsonb: WriteElement = (value, offset) => {
  if (typeof value !== "string") return unfit;
  const end = writeText(value, 1, offset);
  page[offset + lengthBytes] = jsonbVersion;
  return end;
};

const uuidLength = 36;
const hyphens = [8, 13, 18, 23];
const pairs = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const uuidBytes = pairs.length;
const digits = new Int8Array(256).fill(unfit);
for (let value = 0; value < 16; value += 1) {
  const digit = value.toString(16);
  digits[digit.charCodeAt(0)] = value;
  digits[digit.toUpperCase().charCodeAt(0)] = value;
}

const isHyphen = (value: string, place: number): boolean =>
  value.charCodeAt(place) === 45;

const uuid: WriteElement = (value, offset) => {
  if (typeof value !== "string" || value.length !== uuidLength) return unfit;
  for (const place of hyphens) if (!isHyphen(value, place)) return unfit;
  makeRoom(offset, lengthBytes + uuidBytes);
  let end = page.writeInt32BE(uuidBytes, offset);
  for (const place of pairs) {
    const high = digits[value.charCodeAt(place)] ?? unfit;
    const low = digits[value.charCodeAt(place + 1)] ?? unfit;
    if (high < 0 || low < 0) return unfit;
    page[end] = (high << 4) | low;
    end += 1;
  }
  return end;
};

const bool: WriteElement = (value, offset) => {
  if (typeof value !== "boolean") return unfit;
  makeRoom(offset, lengthBytes + 1);
  return page.writeInt8(value ? 1 : 0, page.writeInt32BE(1, offset));
};

const int4: WriteElement = (value, offset) => {
  if (typeof value !== "number" || (value | 0) !== value) return unfit;
  makeRoom(offset, lengthBytes + 4);
  return page.writeInt32BE(value, page.writeInt32BE(4, offset));
};

const isSafe = (value: unknown): value is number => Number.isSafeInteger(value);

const int8: WriteElement = (value, offset) => {
  if (!isSafe(value)) return unfit;
  makeRoom(offset, lengthBytes + 8);
  const begin = page.writeInt32BE(8, offset);
  const low = page.writeInt32BE(Math.floor(value / 2 ** 32), begin);
  return page.writeUInt32BE(value >>> 0, low);
};

const epoch = Date.UTC(2000, 0, 1);
/** As `toISOString` writes the years that have four digits. */
const isoLength = "2000-01-01T00:00:00.000Z".length;

/** Milliseconds since 1970; NaN for what is no instant, or may be finer than that. */
function instantOf(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  const isIso =
    typeof value === "string" &&
    value.length === isoLength &&
    value.endsWith("Z");
  return isIso ? Date.parse(value) : NaN;
}

const timestamptz: WriteElement = (value, offset) =>
  int8((instantOf(value) - epoch) * 1_000, offset);

/** By the type's name in SQL, with its number in `pg_type`. */
export const arrayEncoders: Readonly<Record<string, ArrayEncoder>> = {
  bool: encoder(16, bool),
  bigint: encoder(20, int8),
  int: encoder(23, int4),
  text: encoder(25, text),
  json: encoder(114, text),
  timestamptz: encoder(1184, timestamptz),
  uuid: encoder(2950, uuid),
  jsonb: encoder(3802, jsonb),
};
