import { seconds } from "@cartwright/kernel/duration";

const windowOf = seconds(10);
const allowed = 20;

/** What to do with a line: write it, and say how many like it were not written before. */
export type Verdict = { readonly write: boolean; readonly unwritten: number };

/**
 * In a storm of errors one says the same as a thousand do: of lines with the same level and message twenty
 * are written in ten seconds. The next window's first line says how many were not.
 */
export function logLimit(
  now: () => number = () => performance.now(),
): (level: string, message: string) => Verdict {
  let seen = new Map<string, { count: number; unwritten: number }>();
  let windowEnds = -Infinity;
  return (level, message) => {
    if (now() >= windowEnds) {
      windowEnds = now() + windowOf;
      seen = withUnwritten(seen);
    }
    const key = `${level} ${message}`;
    const line = seen.get(key) ?? { count: 0, unwritten: 0 };
    const { unwritten } = line;
    line.count += 1;
    const write = line.count <= allowed;
    line.unwritten = write ? 0 : unwritten + 1;
    seen.set(key, line);
    return { write, unwritten: write ? unwritten : 0 };
  };
}

/** Only those that have something left to say are remembered. */
const withUnwritten = (
  seen: ReadonlyMap<string, { readonly unwritten: number }>,
) =>
  new Map(
    [...seen]
      .filter(([, { unwritten }]) => unwritten > 0)
      .map(([key, { unwritten }]) => [key, { count: 0, unwritten }]),
  );
