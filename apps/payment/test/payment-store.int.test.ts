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
    return paymentStore.saveMany(tx, new Map(), [payment]);
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

it("takes a payment that is there already for one that has just appeared, and tries again", async () => {
  const payment = aPayment();
  await saving(payment);
  const again = await saving(payment);
  expect(again.outcome).toBe("40001");
  expect(again.tries).toBeGreaterThan(2);
});
