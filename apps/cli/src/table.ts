/** Rows in columns as wide as what stands in them; a sentence when there are none. */
export function table(
  head: readonly string[],
  rows: readonly (readonly unknown[])[],
  none = "None.",
): string {
  if (rows.length === 0) return none;
  const cells = [head, ...rows].map((row) => row.map(cell));
  const widths = head.map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells
    .map((row) =>
      row.map((text, column) => text.padEnd(widths[column] ?? 0)).join("  "),
    )
    .map((line) => line.trimEnd())
    .join("\n");
}

/** Facts below each other, their names in one column. */
export const facts = (all: Readonly<Record<string, unknown>>): string => {
  const width = Math.max(...Object.keys(all).map((name) => name.length));
  return Object.entries(all)
    .map(([name, value]) => `${name.padEnd(width)}  ${cell(value)}`)
    .join("\n");
};

/** On one line, without what would move the cursor of the terminal that it is written to. */
const cell = (value: unknown): string =>
  textOf(value)
    .split("\n", 1)
    .join()
    .replaceAll(/\p{Cc}/gu, " ");

function textOf(value: unknown): string {
  if (value === null || value === undefined || value === "") return "-";
  return typeof value === "string" ? value : JSON.stringify(value);
}
