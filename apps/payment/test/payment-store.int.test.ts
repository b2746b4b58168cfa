import { newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { paymentStore } from "../src/db/payment-store.ts";
import type { Payment } from "../src/domain/payment.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("payment");
});
afterAll(() => database.stop());

const aPayment = (): Payment => ({
  ...{ id: newId(), orderId: newId(), customerId: newId() },
  ...{ amount: money(2_999, "EUR"), status: "initiated", eventSequence: 0 },
  ...{ authorizationKey: newId(), failureCode: undefined, outcome: undefined },
  ...{ capturedAt: undefined, createdAt: new Date(), updatedAt: new Date() },
});

/** How often it was tried, and what came of it. */
async function saving(payment: Payment) {
  let tries = 0;
  const saved = database.db.transaction((tx) => {
    tries += 1;
    paymentStore.saveMany(tx, new Map(), [payment]);
  });
  const outcome = await saved.then(
    () => "saved",
    (error: unknown) => (error as { code: string }).code,
  );
  return { outcome, tries };
}

it("says at once that an order has another payment, which no try can heal", async () => {
  const payment = aPayment();
  expect(await saving(payment)).toEqual({ outcome: "saved", tries: 1 });
  const second = { ...payment, id: newId<"payment">() };
  expect(await saving(second)).toEqual({ outcome: "23505", tries: 2 });
});

it("is tried again when a payment has just appeared, which is then found", async () => {
  const payment = aPayment();
  const sequences: number[] = [];
  await database.db.transaction(async (tx) => {
    const loaded = await paymentStore.loadMany(tx, [payment.id]);
    if (sequences.length === 0) await saving(payment);
    sequences.push(loaded.get(payment.id)?.eventSequence ?? -1);
    const next = { ...payment, eventSequence: 1 };
    paymentStore.saveMany(tx, loaded, [next]);
  });
  expect(sequences).toEqual([-1, 0]);
  const saved = await database.db.transaction((tx) =>
    paymentStore.loadMany(tx, [payment.id]),
  );
  expect(saved.get(payment.id)?.eventSequence).toBe(1);
});
