import { schemaOf } from "@cartwright/database/role-url";
import { newId } from "@cartwright/kernel/ids";
import { seconds } from "@cartwright/kernel/duration";
import { whyKafkaCannotRun } from "@cartwright/messaging/dev/kafka-jars";
import { eventually } from "@cartwright/testing/eventually";
import { opsJson } from "./support/ops.ts";
import { startPlatform, type Platform } from "./support/platform.ts";
import { openRunbook } from "./support/runbook.ts";

/** What the runbooks tell an operator of Kafka to type, typed. */
const missing = await whyKafkaCannotRun();
if (missing !== undefined && process.env.REQUIRE_KAFKA)
  throw new Error(missing);

let platform: Platform;

/** A row that no topic takes, in the outbox of the payment service; its address. */
async function anUnpublishableMessage(): Promise<string> {
  await platform.sql(
    `INSERT INTO ${schemaOf("payment")}.outbox (id, subject, type, topic, key, headers, payload)
     VALUES ($1, 'payment/stranger', 'payment.PaymentCaptured.v1', 'payment-events', 'stranger', '{}', repeat('x', 1200000))`,
    [newId()],
  );
  return untilItHasFailed();
}

const untilItHasFailed = (): Promise<string> =>
  eventually(
    async () => {
      const { items } = await opsJson(platform, "outbox", "failed");
      expect(items).toHaveLength(1);
      return `${items[0].service}/${items[0].id}`;
    },
    { within: seconds(60), every: 100 },
  );

(missing === undefined ? describe : describe.skip)("on Kafka", () => {
  beforeAll(async () => {
    platform = await startPlatform({ mode: "kafka", processes: 1 });
  }, seconds(180));
  afterAll(() => platform.stop(), seconds(60));

  it(
    "looks at a message that cannot be published, retries and discards it",
    async () => {
      const { run, blocks } = openRunbook(
        platform,
        "unpublishable-messages.md",
      );
      const MESSAGE = await anUnpublishableMessage();
      const outputs: string[] = [];
      for (const block of blocks) {
        if (block.includes("discard")) await untilItHasFailed(); // again
        const { status, output } = await run(block, { MESSAGE });
        expect([block, status, output]).toEqual([block, 0, output]);
        outputs.push(output);
      }
      const all = outputs.join("\n");
      expect(all).toContain(MESSAGE);
      expect(all).toContain("MESSAGE_TOO_LARGE");
      expect(all).toContain("is published again");
      expect(all).toContain("is given up");
      expect(all).toContain("outbox.discard");
      const { items } = await opsJson(platform, "outbox", "failed");
      expect(items).toEqual([]);
    },
    seconds(180),
  );
});
