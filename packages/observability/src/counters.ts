/** A number that only grows. */
export type Counter = {
  add(amount: number): void;
};

const totals = new Map<string, { total: number; readonly help: string }>();

/**
 * The counter of this name, one for the whole process. Names follow Prometheus: `cartwright_`, then
 * what is counted, then `_total`.
 */
export function counter(name: string, help: string): Counter {
  const counted = totals.get(name) ?? { total: 0, help };
  totals.set(name, counted);
  return {
    add: (amount) => {
      counted.total += amount;
    },
  };
}

/** Every counter of this process in Prometheus' text format, version 0.0.4. */
export const countersAsText = (): string =>
  [...totals]
    .map(
      ([name, { total, help }]) =>
        `# HELP ${name} ${help}\n# TYPE ${name} counter\n${name} ${total}\n`,
    )
    .join("");
