import type { Draft } from "@cartwright/contracts/message";
import type { Queryable } from "@cartwright/database/tx";
import { silentLogger } from "@cartwright/observability/logger";
import { tellAfterwards } from "@cartwright/saga/tell-afterwards";
import { recordedSpans } from "@cartwright/testing/recorded-spans";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { buy } from "./a-saga.ts";
import { anEngine, answerTo } from "./an-engine.ts";
import { says } from "./answers.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("order");
});
afterAll(() => database.stop());

/** What is recorded of a run that hears these answers, and how often its log was read for that. */
async function told(
  flags: "00" | "01",
  ...answers: ((key: string) => Draft)[]
) {
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-${flags}`;
  const reads: unknown[] = [];
  const db: Queryable = {
    query(statement, values) {
      reads.push(values);
      return database.db.query(statement, values);
    },
  };
  const spans = await recordedSpans(async (tracing) => {
    const { follow, parts } = tellAfterwards({
      ...{ db, tracing, logger: silentLogger },
    });
    const more = { follow, traceparent };
    const orchestrator = anEngine(database.db, [buy], more);
    const key = await orchestrator.begin(buy);
    for (const answer of answers)
      await orchestrator.hear(await answerTo(database.db, key, answer(key)));
    // It tells at once when it starts, and its stop waits for that.
    for (const part of parts) await part.start?.();
    for (const part of parts) await part.stop?.();
  });
  return { spans, reads };
}

it("shows each step of a run whose trace is recorded, below the request that began it", async () => {
  const { spans } = await told("01", says.reserved, says.captured);
  const [run] = spans;
  expect(spans).toMatchObject([
    { name: "run buy", parentSpanId: "b".repeat(16), failed: false },
    { name: "step reserve", parentSpanId: run?.spanId, failed: false },
    { name: "step capture", parentSpanId: run?.spanId, failed: false },
  ]);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(
    new Set(["a".repeat(32)]),
  );
});

it("shows a step that was refused as an error", async () => {
  const { spans } = await told("01", says.outOfStock);
  expect(spans).toMatchObject([
    { name: "run buy", failed: true },
    {
      ...{ name: "step reserve", failed: true },
      attributes: { "error.type": "out-of-stock" },
    },
  ]);
});

it("waits for the run's end", async () => {
  const { spans, reads } = await told("01", says.reserved);
  expect(spans).toEqual([]);
  expect(reads).toEqual([]);
});

it("reads nothing of a run whose trace is not recorded", async () => {
  const { spans, reads } = await told("00", says.reserved, says.captured);
  expect(spans).toEqual([]);
  expect(reads).toEqual([]);
});
