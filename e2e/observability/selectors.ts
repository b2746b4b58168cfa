/** Lists of labels, which are no metrics. */
const labels =
  /\b(?:by|without|on|ignoring|group_left|group_right) ?\([^)]*\)/g;

/** Of these expressions those that ask for a metric, one of `names`, without `selector` at the head of its own. */
export const askedOfOthers = (
  expressions: readonly string[],
  names: ReadonlySet<string>,
  selector: string,
): string[] =>
  expressions.filter((expression) => {
    const asked = expression.replaceAll(labels, "").matchAll(series);
    return [...asked].some(
      ([, name = "", own = ""]) =>
        isMetric(name, names) && !own.startsWith(selector),
    );
  });

/** A word, and what is in the braces behind it if there are any. */
const series = /([a-zA-Z_][\w:]*)(?:\{([^}]*)\})?/g;

const isMetric = (name: string, names: ReadonlySet<string>): boolean =>
  names.has(name) || names.has(name.replace(/_(bucket|sum|count)$/, ""));
