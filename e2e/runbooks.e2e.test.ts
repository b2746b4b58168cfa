import { newId } from "@cartwright/kernel/ids";
import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import { aStuckOrder } from "./support/frozen-orders.ts";
import { opsJson } from "./support/ops.ts";
import { startPlatform, type Platform } from "./support/platform.ts";
import { publishRecords } from "./support/publish-records.ts";
import { openRunbook } from "./support/runbook.ts";
import { openShop, type Shop } from "./support/shop.ts";

/** What the runbooks tell an operator to type, typed. */
let platform: Platform;
let shop: Shop;

beforeAll(async () => {
  platform = await startPlatform({
    ...{ mode: "embedded", processes: 1 },
    environment: { SAGA_TIME_SCALE: "0.02" },
  });
  shop = await openShop(platform);
}, seconds(120));

afterAll(() => platform.stop());

const runbook = (name: string) => openRunbook(platform, name);

const aStuckSaga = async (step: Parameters<typeof aStuckOrder>[2]) => {
  const [customer, product] = [await shop.customer(), await shop.product()];
  return aStuckOrder({ platform, shop }, { customer, product }, step);
};

/** A message that nobody can read; its address. */
async function aDeadLetter(): Promise<string> {
  const key = newId();
  const headers = {
    ...{ ce_id: newId(), ce_type: "payment.CapturePayment.v1" },
    ...{ ce_source: "stranger", ce_subject: `order/${key}`, ce_attempt: "1" },
    ...{ ce_time: new Date().toISOString(), ce_sequence: "1" },
    ce_correlationid: newId(),
  };
  const value = "{ no json";
  const topic = "payment-commands";
  await publishRecords(platform, [{ topic, key, headers, value }]);
  return eventually(
    async () => {
      const { items } = await opsJson(platform, "dlq", "list", "--key", key);
      expect(items).toHaveLength(1);
      return `payment/${items[0].id}`;
    },
    { within: seconds(60), every: 100 },
  );
}

it.each([
  ["sagas retry", "authorize-payment"],
  ["sagas skip", "authorize-payment"],
  ["sagas compensate", "capture-payment"],
  ["sagas close", "authorize-payment"],
] as const)(
  "brings a stuck saga to its end with `%s`",
  async (command, step) => {
    const { run, containing } = runbook("stuck-sagas.md");
    const { sagaId, orderId, thaw } = await aStuckSaga(step);
    const variables = { SAGA: sagaId };

    const list = await run(containing("sagas list"));
    expect(list.output).toContain(sagaId);
    const show = await run(containing("sagas show"), variables);
    expect(show.output).toContain(orderId);
    expect(await run(containing(command), variables)).toMatchObject({
      status: 0,
    });
    await thaw();
    await shop.reaches(orderId, "cancelled");
    const audit = await run(containing("audit"), variables);
    expect(audit.output).toContain(command.replace(" ", "."));
  },
  seconds(180),
);

it(
  "publishes events again for consumers that have missed them",
  async () => {
    const { run, blocks } = runbook("missed-messages.md");
    const [customer, product] = [await shop.customer(), await shop.product()];
    const items = [{ productId: product.id, quantity: 1 }];
    const ORDER = await shop.placed(customer, { items });
    await shop.reaches(ORDER, "confirmed");
    const variables = {
      ORDER,
      FROM: new Date(Date.now() - 60_000).toISOString(),
    };
    const outputs: string[] = [];
    for (const block of blocks) {
      const { status, output } = await run(block, variables);
      expect([block, status, output]).toEqual([block, 0, output]);
      outputs.push(output);
    }
    expect(outputs[0]).toMatch(/^[1-9][0-9]* published again\.$/m);
    expect(outputs.at(-1)).toContain("archive.republish");
  },
  seconds(180),
);

it(
  "looks at messages that were set aside, requeues and discards them",
  async () => {
    const { run, blocks } = runbook("dead-letters.md");
    const LETTER = await aDeadLetter();
    const outputs: string[] = [];
    for (const block of blocks) {
      const { status, output } = await run(block, { LETTER });
      expect([block, status, output]).toEqual([block, 0, output]);
      outputs.push(output);
    }
    const all = outputs.join("\n");
    expect(all).toContain(LETTER);
    expect(all).toContain("1 stopped");
    expect(all).toContain("Discarded.");
    expect(all).toContain("dead-letters.discard");
  },
  seconds(180),
);
