import { seconds } from "@cartwright/kernel/duration";
import { newId } from "@cartwright/kernel/ids";
import type { BusRecord } from "@cartwright/messaging/bus";
import { eventually } from "@cartwright/testing/eventually";
import { aStuckOrder, saga } from "../support/frozen-orders.ts";
import { ops, opsJson } from "../support/ops.ts";
import { publishRecords } from "../support/publish-records.ts";
import type { Platform } from "../support/platform.ts";
import type { Customer, Product, Shop } from "../support/shop.ts";

/** Each command is a process of its own, which a busy machine starts slowly. */
const patience = seconds(180);
const reason = ["--reason", "the provider is being asked"];

/** Operators at their command line: what is stuck or set aside is brought to an end, and written down. */
export function operatorScenarios(
  given: () => { platform: Platform; shop: Shop },
): void {
  let platform: Platform;
  let shop: Shop;
  let customer: Customer;
  let product: Product;

  beforeEach(async () => {
    ({ platform, shop } = given());
    customer = await shop.customer();
    product = await shop.product({ stock: 10 });
  });

  const stuck = (step: Parameters<typeof aStuckOrder>[2]) =>
    aStuckOrder({ platform, shop }, { customer, product }, step);
  const actionsOn = async (target: string): Promise<string[]> =>
    (await opsJson(platform, "audit", "--target", target)).items
      .map(({ action }: { action: string }) => action)
      .reverse();

  it(
    "shows which saga is stuck, where, and what it waits for",
    async () => {
      const { sagaId, orderId, thaw } = await stuck("authorize-payment");
      const listed = await opsJson(platform, "sagas", "list", "--status=stuck");
      expect(listed.items.map(({ id }: { id: string }) => id)).toContain(
        sagaId,
      );

      const { output } = await ops(platform, "sagas", "show", sagaId);
      expect(output).toContain("payment.CancelPayment.v1");
      expect(output).toMatch(/authorize-payment +stuck/);
      const { parked } = await opsJson(platform, "sagas", "show", sagaId);
      expect(parked).toEqual({ items: [], unknown: [] });
      await thaw();
      await shop.reaches(orderId, "cancelled");
    },
    patience,
  );

  it.each<
    [
      step: Parameters<typeof aStuckOrder>[2],
      commands: string[][],
      status: string,
    ]
  >([
    ["authorize-payment", [["retry"]], "cancelled"],
    ["authorize-payment", [["skip"]], "cancelled"],
    ["authorize-payment", [["close", "--outcome=compensated"]], "cancelled"],
    ["capture-payment", [["retry"]], "confirmed"],
    ["capture-payment", [["compensate"], ["retry"]], "cancelled"],
    ["capture-payment", [["close", "--outcome=completed"]], "confirmed"],
  ])(
    "brings a saga stuck at %s to its end by %j: %s",
    async (step, commands, status) => {
      const { sagaId, orderId, thaw } = await stuck(step);
      for (const [verb = "", ...options] of commands) {
        const line = ["sagas", verb, sagaId, ...options, ...reason];
        expect(await ops(platform, ...line)).toMatchObject({ code: 0 });
        if (verb === "compensate") await undoOfPayment(platform, orderId);
      }
      if (commands.flat().includes("retry")) await thaw();
      await shop.reaches(orderId, status);
      await thaw();

      const said = await ops(platform, "sagas", "retry", sagaId, ...reason);
      if (status === "cancelled")
        expect(said).toMatchObject({
          ...{ code: 1, output: expect.stringContaining("saga-finished") },
        });
      const done = commands.map(([verb, outcome]) =>
        outcome ? `sagas.${verb}.${outcome.split("=")[1]}` : `sagas.${verb}`,
      );
      expect((await actionsOn(sagaId)).slice(0, done.length)).toEqual(done);
    },
    patience,
  );

  it(
    "brings messages that were set aside to their end",
    async () => {
      const key = newId();
      const capture = (value: string): BusRecord => ({
        ...{ topic: "payment-commands", key, value },
        headers: {
          ...{ ce_id: newId(), ce_type: "payment.CapturePayment.v1" },
          ...{ ce_source: "stranger", ce_subject: `order/${key}` },
          ...{ ce_time: new Date().toISOString(), ce_sequence: "1" },
          ...{ ce_attempt: "1", ce_correlationid: newId() },
        },
      });
      const sound = JSON.stringify({ orderId: key });
      await publishRecords(platform, [capture("{ no json"), capture(sound)]);
      const listed = async () =>
        (await opsJson(platform, "dlq", "list", "--key", key)).items;
      await eventually(async () => expect(await listed()).toHaveLength(2), {
        ...{ within: 60_000, every: 100 },
      });
      const [first] = await listed();
      expect(first).toMatchObject({ service: "payment", reason: "malformed" });
      const address = `payment/${first.id}`;

      const shown = await ops(platform, "dlq", "show", address);
      expect(shown.output).toContain("{ no json");
      const inVain = await ops(platform, "dlq", "requeue", address, ...reason);
      expect(inVain.output).toContain("0 handled, 0 dropped, 1 stopped.");
      const given = await ops(platform, "dlq", "discard", address, ...reason);
      expect(given.output).toContain("1 handled, 0 dropped, 0 stopped.");
      expect(await listed()).toEqual([]);
      expect(await actionsOn(String(first.id))).toEqual(
        expect.arrayContaining([
          "dead-letters.requeue",
          "dead-letters.discard",
        ]),
      );
    },
    patience,
  );

  it(
    "says how far behind each service is",
    async () => {
      await eventually(
        async () => {
          const { items } = await opsJson(platform, "outbox");
          expect(items).toHaveLength(8);
          for (const { outbox, lag } of items) {
            expect(outbox.waiting).toBe(0);
            for (const { behind } of lag) expect(behind).toBe(0);
          }
        },
        { within: 60_000, every: 200 },
      );
    },
    patience,
  );

  it("is for operators alone", async () => {
    const { status } = await shop.get("/sagas", { token: shop.staff.token });
    expect(status).toBe(403);
  });
}

/** A forced compensation undoes the parcel first. */
const undoOfPayment = (platform: Platform, orderId: string) =>
  saga(platform, orderId, ({ direction, step }) =>
    expect([direction, step]).toEqual(["backward", "authorize-payment"]),
  );
