import { hours } from "@cartwright/kernel/duration";
import { newId } from "@cartwright/kernel/ids";
import { silentLogger } from "@cartwright/observability/logger";
import { sagaRegistration } from "@cartwright/saga/saga-registration";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { buy, buyAndRelease, type AnySaga } from "./a-saga.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("order");
});
afterAll(() => database.stop());
beforeEach(async () => {
  await database.db.query("DELETE FROM saga_definitions");
  await database.db.query("DELETE FROM saga_instances");
});

/** A replica of a release with these definitions, up to the point where it would begin to work. */
async function starts(...definitions: AnySaga[]): Promise<void> {
  const { db } = database;
  await sagaRegistration({ db, definitions, logger: silentLogger }).start?.();
}

const changed = (change: Partial<AnySaga>): AnySaga => ({ ...buy, ...change });
const [reserve, capture] = buy.steps;
const [hold] = buyAndRelease.steps;

const aRunOf = (version: number, deadline: string | null) =>
  database.db.query(
    `INSERT INTO saga_instances (id, saga, version, key, status, direction, step, attempt, sequence, logged, unwanted, deadline)
     VALUES ($1, 'buy', $2, 'o', $3, 'forward', $4, 1, 1, 1, false, $5)`,
    [
      newId(),
      version,
      ...(deadline === null ? ["completed", null] : ["running", "reserve"]),
      deadline,
    ],
  );

it("starts any number of replicas with the same definition", async () => {
  await Promise.all([starts(buy), starts(buy), starts(buy)]);
  await starts(buy);
});

it("takes times and functions for no change, so that they can be tuned under a version", async () => {
  await starts(buy);
  await starts(changed({ stuckAfter: hours(1) }));
});

it.each<[string, AnySaga, string]>([
  [
    "renamed",
    changed({ steps: [{ ...reserve, name: "hold" }, capture] as never }),
    "step 1 was compensatable reserve, asking inventory.ReserveInventory.v1",
  ],
  [
    "dropped",
    changed({ steps: [capture] as never }),
    "step 1 was compensatable reserve",
  ],
  [
    "added",
    changed({ steps: [reserve, hold, capture] as never }),
    "and is now compensatable hold",
  ],
  [
    "asked of another service",
    changed({
      steps: [{ ...reserve, command: capture?.command }, capture] as never,
    }),
    "is now compensatable reserve, asking payment.CapturePayment.v1",
  ],
  [
    "undone by another command",
    changed({
      steps: [{ ...reserve, undo: capture?.command }, capture] as never,
    }),
    "undone by payment.CapturePayment.v1",
  ],
])(
  "refuses to start when a step was %s under the same version",
  async (_, definition, difference) => {
    await starts(buy);
    const start = starts(definition);
    await expect(start).rejects.toThrow(
      "The saga buy has changed under version 1",
    );
    await expect(start).rejects.toThrow(difference);
    await expect(start).rejects.toThrow("declare version 2 beside it");
  },
);

it("has either of two changed replicas start that come at once, and never both", async () => {
  const renamed = changed({
    steps: [{ ...reserve, name: "hold" }, capture] as never,
  });
  const outcomes = await Promise.allSettled([starts(buy), starts(renamed)]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual([
    "fulfilled",
    "rejected",
  ]);
});

it("starts a new version beside the old one, and the old release beside the new", async () => {
  await starts(buy);
  await starts(buy, buyAndRelease);
  await aRunOf(2, "2030-01-01");
  await starts(buy);
});

it("refuses to start without a version whose runs have not ended", async () => {
  await aRunOf(1, "2030-01-01");
  await expect(starts(buyAndRelease)).rejects.toThrow(
    "Runs of buy version 1 have not ended (1), and this release has no definition of it",
  );
});

it("starts without a version whose runs have all ended", async () => {
  await aRunOf(1, null);
  await starts(buyAndRelease);
});
