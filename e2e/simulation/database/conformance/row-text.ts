import { plain, text } from "./world.ts";

const isTime = (column: string): boolean =>
  /_at$|_since$|^(deadline|at|time|first_seen)$/.test(column);

/** A row as comparable text, whichever world it is from: JSON parsed, times as whether they are to come. */
export const rowText = (row: object, now: number): string =>
  text(
    plain(
      Object.fromEntries(
        Object.entries(row).map(([column, value]) => [
          column,
          comparable(column, value, now),
        ]),
      ),
    ),
  );

function comparable(column: string, value: unknown, now: number): unknown {
  if (value === null) return null;
  if (isTime(column)) {
    const time = new Date(value as number | string).getTime();
    return time > now ? "to come" : "past";
  }
  const isJson = typeof value === "string" && /^[[{]/.test(value);
  return isJson && column !== "payload" ? JSON.parse(value) : value;
}
