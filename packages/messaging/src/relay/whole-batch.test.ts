import type { Queryable } from "@cartwright/database/tx";
import type { ListedRow } from "./outbox-rows.ts";
import { wholeBatch } from "./whole-batch.ts";

const row = (
  position: number,
  bytes: number,
  payload: string | null = "{}",
): ListedRow => ({
  ...{ position, bytes, payload, subject: `order/${position}` },
  ...{ topic: "order-events", key: "k", headers: {} },
});

/** An outbox in which only these payloads are left. */
const holding = (payloads: Readonly<Record<number, string>>) => {
  const asked: unknown[] = [];
  const db: Queryable = {
    query: async <Row extends object>(
      _: unknown,
      [positions]: unknown[] = [],
    ) => {
      asked.push(positions);
      await Promise.resolve();
      return (positions as number[]).flatMap((position) => {
        const payload = payloads[position];
        return payload === undefined ? [] : [{ position, payload }];
      }) as Row[];
    },
  };
  return { db, asked };
};

it("asks for nothing while all that was listed is small", async () => {
  const { db, asked } = holding({});
  const listed = [row(1, 100), row(2, 100)];
  expect(await wholeBatch(db, listed)).toEqual(listed);
  expect(asked).toEqual([]);
});

it("asks for the payloads of those rows only that fit into one request", async () => {
  const { db, asked } = holding({ 2: "large", 3: "large", 4: "large" });
  const listed = [
    ...[row(1, 100), row(2, 400_000, null)],
    ...[row(3, 400_000, null), row(4, 400_000, null)],
  ];
  const batch = await wholeBatch(db, listed);
  expect(asked).toEqual([[2, 3]]);
  expect(batch.map(({ position, payload }) => [position, payload])).toEqual([
    ...[
      [1, "{}"],
      [2, "large"],
    ],
    [3, "large"],
  ]);
});

it("takes the first row whatever its size", async () => {
  const { db } = holding({ 1: "huge" });
  const batch = await wholeBatch(db, [row(1, 5_000_000, null), row(2, 100)]);
  expect(batch.map(({ position }) => position)).toEqual([1]);
});

it("leaves a row that is gone, and all behind it, to whoever has deleted it", async () => {
  const { db } = holding({ 3: "large" });
  const listed = [row(1, 9), row(2, 20_000, null), row(3, 20_000, null)];
  const batch = await wholeBatch(db, listed);
  expect(batch.map(({ position }) => position)).toEqual([1]);
});
