import { seededRandom } from "../../seeded-random.ts";

/** Seeded choices for traces: small key spaces, so that transactions meet. */
export type Draw = ReturnType<typeof drawing>;

export function drawing(seed: number) {
  const random = seededRandom(seed);
  const integer = (from: number, to: number): number =>
    from + Math.floor(random() * (to - from + 1));
  const chance = (probability: number): boolean => random() < probability;
  const pick = <T>(items: readonly T[]): T =>
    items[integer(0, items.length - 1)] as T;
  return {
    random,
    integer,
    chance,
    pick,
    /** One to `most` of the items, in a drawn order, each once. */
    some<T>(items: readonly T[], most = items.length): T[] {
      const left = [...items];
      return Array.from(
        { length: integer(1, Math.min(most, left.length)) },
        () => left.splice(integer(0, left.length - 1), 1)[0] as T,
      );
    },
    orNull: <T>(item: T): T | null => (chance(0.5) ? item : null),
    /** The nth id of a kind, the same in every trace. */
    id: (kind: number, most = 3): string => idOf(kind, integer(1, most)),
    ids(kind: number, most = 3): string[] {
      return this.some(
        Array.from({ length: most }, (_, n) => idOf(kind, n + 1)),
      );
    },
  };
}

export const idOf = (kind: number, n: number): string =>
  `0000000${kind}-0000-7000-8000-00000000000${n}`;

/** An id that an event of this moment could have. */
export const eventId = (now: number, n: number): string => {
  const time = now.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-00000000000${n}`;
};
