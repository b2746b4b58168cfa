import fc from "fast-check";
import { RefusedRecords } from "../bus.ts";
import { publishAround } from "./publish-around.ts";

type Row = { readonly subject: string; readonly n: number };

/** A bus that refuses whatever holds one of these numbers; `log` is what it took. */
function aBus(bad: ReadonlySet<number>) {
  const log: Row[] = [];
  let tries = 0;
  return {
    log,
    tries: () => tries,
    async publish(rows: readonly Row[]) {
      tries += 1;
      await Promise.resolve();
      const culprit = rows.find(({ n }) => bad.has(n));
      if (culprit) throw new RefusedRecords(`${culprit.n} is too large`);
      log.push(...rows);
    },
  };
}

const goesOn = () => Promise.resolve(true);
const numbered = (...subjects: string[]): Row[] =>
  subjects.map((subject, index) => ({ subject, n: index + 1 }));
const numbers = (rows: readonly Row[]) => rows.map(({ n }) => n);

it("publishes a batch that nobody refuses at once", async () => {
  const bus = aBus(new Set());
  const rows = numbered("a", "b", "a");
  const { published, refused } = await publishAround(rows, { ...bus, goesOn });
  expect([numbers(published), refused, bus.tries()]).toEqual([
    [1, 2, 3],
    [],
    1,
  ]);
});

it("finds the one that is refused alone, and holds back only what comes after it of its subject", async () => {
  const bus = aBus(new Set([3]));
  const rows = numbered("a", "b", "a", "c", "a", "b");
  const { published, refused } = await publishAround(rows, { ...bus, goesOn });
  expect(numbers(published)).toEqual([1, 2, 4, 6]);
  expect(refused).toEqual([
    { row: { subject: "a", n: 3 }, reason: "3 is too large" },
  ]);
});

it("sets nobody aside where only the whole is too large", async () => {
  const log: Row[] = [];
  const publish = async (rows: readonly Row[]) => {
    await Promise.resolve();
    if (rows.length > 2) throw new RefusedRecords("too many");
    log.push(...rows);
  };
  const rows = numbered("a", "a", "a", "a", "a", "a", "a");
  const { published, refused } = await publishAround(rows, { publish, goesOn });
  expect([numbers(published), refused]).toEqual([numbers(rows), []]);
  expect(log).toEqual(rows);
});

it("finds one in five hundred with twenty tries", async () => {
  const bus = aBus(new Set([333]));
  const rows = numbered(...Array.from({ length: 500 }, (_, n) => `s${n}`));
  const { published } = await publishAround(rows, { ...bus, goesOn });
  expect(published).toHaveLength(499);
  expect(bus.tries()).toBeLessThanOrEqual(20);
});

it("passes on a failure that says nothing about the records", async () => {
  const publish = () => Promise.reject(new Error("no broker"));
  await expect(
    publishAround(numbered("a", "b"), { publish, goesOn }),
  ).rejects.toThrow("no broker");
});

it("ends where it must not go on, with what was done until then", async () => {
  const bus = aBus(new Set([4]));
  let asked = 0;
  const twice = () => Promise.resolve((asked += 1) <= 2);
  const rows = numbered("a", "b", "c", "d");
  const outcome = await publishAround(rows, { ...bus, goesOn: twice });
  expect(numbers(outcome.published)).toEqual([1, 2]);
  expect(outcome.refused).toEqual([]);
});

it("keeps the order of every subject, and tries everything that is not behind a refused one", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 40 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }),
      async (subjects, bad) => {
        const rows = numbered(...subjects);
        const bus = aBus(new Set(bad));
        const { published, refused } = await publishAround(rows, {
          ...bus,
          goesOn,
        });
        const firstBad = (subject: string) =>
          rows.find((row) => row.subject === subject && bad.includes(row.n))?.n;
        const due = rows.filter(
          ({ subject, n }) => n < (firstBad(subject) ?? Infinity),
        );
        expect(bus.log).toEqual(due);
        expect(published).toEqual(due);
        expect(numbers(refused.map(({ row }) => row)).sort()).toEqual(
          [...new Set(subjects)].flatMap((one) => firstBad(one) ?? []).sort(),
        );
      },
    ),
  ));
