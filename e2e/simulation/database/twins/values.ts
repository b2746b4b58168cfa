import {
  invalidText,
  nullViolation,
  outOfRange,
  untranslatable,
} from "../sql-error.ts";

/** Reads one value as its SQL type, or fails as the server would. Null is for the caller to judge. */
type Reader<T> = (value: unknown) => T | null;

const hexUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const readText: Reader<string> = (value) => {
  if (value === null || value === undefined) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (text.includes("\u0000")) throw untranslatable();
  return text;
};

const readUuid: Reader<string> = (value) => {
  const text = readText(value)?.toLowerCase() ?? null;
  if (text !== null && !hexUuid.test(text)) throw invalidText("uuid", text);
  return text;
};

const integer =
  (type: string, largest: number): Reader<number> =>
  (value) => {
    if (value === null || value === undefined) return null;
    const number = Number(value);
    if (!Number.isInteger(number)) throw invalidText(type, String(number));
    if (number > largest || number < -largest - 1) throw outOfRange(type);
    return number;
  };

const readInt = integer("integer", 2 ** 31 - 1);
const readBigint = integer("bigint", Number.MAX_SAFE_INTEGER);

const readBool: Reader<boolean> = (value) =>
  value === null || value === undefined ? null : Boolean(value);

/** Epoch milliseconds. */
const readTime: Reader<number> = (value) => {
  if (value === null || value === undefined) return null;
  const time =
    value instanceof Date
      ? value.getTime()
      : Date.parse(present(readText(value)));
  if (Number.isNaN(time)) throw invalidText("timestamp", JSON.stringify(value));
  return time;
};

function list<T>(read: Reader<T>, values: unknown): (T | null)[] {
  if (!Array.isArray(values))
    throw invalidText("array", JSON.stringify(values));
  return values.map(read);
}

const present = <T>(value: T | null): T => {
  if (value === null) throw nullViolation();
  return value;
};

const presentList = <T>(read: Reader<T>, values: unknown): T[] =>
  list(read, values).map(present);

/** Single values that are not null. */
export const text = (value: unknown): string => present(readText(value));
export const uuid = (value: unknown): string => present(readUuid(value));
export const int = (value: unknown): number => present(readInt(value));
export const bigint = (value: unknown): number => present(readBigint(value));

/** Arrays for columns that are NOT NULL. */
export const texts = (values: unknown) => presentList(readText, values);
export const uuids = (values: unknown) => presentList(readUuid, values);
export const ints = (values: unknown) => presentList(readInt, values);
export const bigints = (values: unknown) => presentList(readBigint, values);
export const bools = (values: unknown) => presentList(readBool, values);
export const times = (values: unknown) => presentList(readTime, values);

/** The same where null is allowed. */
export const orNull = {
  text: readText,
  uuid: readUuid,
  texts: (values: unknown) => list(readText, values),
  uuids: (values: unknown) => list(readUuid, values),
  ints: (values: unknown) => list(readInt, values),
  bigints: (values: unknown) => list(readBigint, values),
  times: (values: unknown) => list(readTime, values),
};

/** Turns columns into rows: calls `rowAt` with each index, in order. */
export const rowsFrom = <T>(
  column: readonly unknown[],
  rowAt: (index: number) => T,
): T[] => column.map((_, index) => rowAt(index));

/** The element, which is there: all columns of a statement are equally long. */
export function at<T>(column: readonly T[], index: number): T {
  if (index >= column.length)
    throw new RangeError("The columns of this statement differ in length.");
  return column[index] as T;
}

/** ORDER BY in the collation "C". */
export const sortedBy = <T>(
  items: Iterable<T>,
  ...keys: ((item: T) => string | number)[]
): T[] =>
  [...items].sort((one, other) => {
    for (const key of keys) {
      const [left, right] = [key(one), key(other)];
      if (left !== right) return left < right ? -1 : 1;
    }
    return 0;
  });

/** A JSON column as the client reads it. */
export const json = (text: string | null): unknown =>
  text === null ? null : JSON.parse(text);

/** A timestamp as the client reads it. */
export const date = (time: number): Date => new Date(time);
export const dateOrNull = (time: number | null): Date | null =>
  time === null ? null : new Date(time);
