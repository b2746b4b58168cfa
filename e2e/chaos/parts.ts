/** What a run may consist of, in the order they run in. */
export const allParts = ["grid", "faults", "processes"] as const;
export type Part = (typeof allParts)[number];

/** Which table of the published figures is theirs. */
export const placeOf = (parts: readonly Part[]): string =>
  parts.length === 1 && parts[0] === "processes" ? "processes" : "chaos";

/** The parts that a list like `grid,faults` names. Throws when it names something else, or nothing. */
export function partsIn(list: string): readonly Part[] {
  const named = list.split(",");
  const unknown = named.filter(
    (name) => !allParts.some((part) => part === name),
  );
  if (unknown.length > 0)
    throw new Error(
      `--only takes ${allParts.join(", ")}, or several of them; not ${unknown.join(", ")}.`,
    );
  return allParts.filter((part) => named.includes(part));
}
