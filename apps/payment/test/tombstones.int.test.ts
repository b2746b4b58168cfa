import { authorizePayment, cancelPayment } from "@cartwright/contracts/payment";
import { derivedId, newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { testDatabase } from "@cartwright/testing/test-database";
import { testService } from "@cartwright/testing/test-service";
import { expectTombstone } from "@cartwright/testing/tombstones";
import { paymentService } from "../src/payment-service.ts";
import { runningProvider } from "./running-provider.ts";

it("refuses to authorize what was cancelled before, repeats both answers, and moves no money", async () => {
  const database = await testDatabase("payment");
  const provider = await runningProvider(database);
  const service = await testService(paymentService, {
    database,
    env: {
      PAYMENT_PROVIDER_URL: provider.url,
      PROVIDER_WEBHOOK_SECRET: "whsec_dGhlLXNlY3JldC1vZi10aGlzLXRlc3Q",
    },
  });
  const [orderId, amount] = [newId(), money(2_999, "EUR")];
  await expectTombstone(service, {
    doing: authorizePayment({
      ...{ orderId, customerId: newId(), amount, paymentToken: "tok_visa" },
    }),
    undoing: cancelPayment({ orderId, amount }),
    undone: "payment.PaymentCancelled.v1",
    refused: "payment.PaymentFailed.v1",
  });
  const paymentId = derivedId("payment", orderId);
  expect(await provider.movements(paymentId)).toEqual([]);
  expect(await service.platform.db.query("SELECT FROM attempts")).toEqual([]);
  await service.stop();
  await provider.stop();
  await database.stop();
});
