import type { Draft, Message } from "@cartwright/contracts/message";
import { newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { eventually } from "@cartwright/testing/eventually";
import { aCustomer, anOperator } from "@cartwright/testing/principals";
import type { TestService } from "@cartwright/testing/test-service";
import { aBody } from "../an-order-service.ts";
import { answersAbout } from "../answers.ts";
import type { Happening } from "./stories.ts";

/** Places an order with a running service and lets a story befall it. */
export async function play(
  service: TestService,
  story: readonly Happening[],
): Promise<void> {
  const world = await aWorld(service);
  for (const happening of story) await world[happening]();
}

async function aWorld(
  service: TestService,
): Promise<Record<Happening, () => Promise<unknown>>> {
  const { db } = service.platform;
  const [customer, operator] = [aCustomer(), anOperator()];
  const orderId = await placeOrder(service, customer);
  const answers = yesAndNo(orderId);
  const commands = async () =>
    (await service.published()).filter(
      ({ key, topic }) => key === orderId && topic.endsWith("-commands"),
    );
  let given: (Draft & Partial<Message>) | undefined;
  const say = async (command: Message | undefined, isYes: boolean) => {
    const pair = answers[command?.type ?? ""];
    const draft = pair?.[isYes ? 0 : 1];
    if (command === undefined || draft === undefined)
      throw new Error(
        `There is no such answer to ${command?.type ?? "nothing"}.`,
      );
    given = { ...draft, commandId: command.id };
    await service.deliver(given);
  };
  const stepsBack = async (interval: string) => {
    const logged = await lines(service, orderId);
    await db.query(
      `UPDATE saga_instances SET deadline = now(), wake_at = now(), step_since = step_since - $2::interval
       WHERE key = $1 AND deadline IS NOT NULL`,
      [orderId, interval],
    );
    await eventually(async () =>
      expectMore(await lines(service, orderId), logged),
    );
  };
  const operate = async (noun: string, body: object = {}) => {
    const [run] = await db.query<{ id: string }>(
      "SELECT id FROM saga_instances WHERE key = $1 ORDER BY id DESC LIMIT 1",
      [orderId],
    );
    await service
      .as(operator)
      .post(`/api/v1/sagas/${run?.id ?? ""}/${noun}`)
      .send({ reason: "the participant says so", ...body })
      .expect(200);
  };
  return {
    yes: async () => say((await commands()).at(-1), true),
    no: async () => say((await commands()).at(-1), false),
    late: async () => say((await commands())[0], true),
    again: async () => given && service.deliver(given),
    silence: () => stepsBack("0 s"),
    "long silence": () => stepsBack("25 hours"),
    "the customer cancels": () =>
      service
        .as(customer)
        .post(`/api/v1/orders/${orderId}/cancellation`)
        .send({})
        .expect(202),
    "an operator retries": () => operate("retry"),
    "an operator skips": () => operate("skip"),
    "an operator compensates": () => operate("compensation"),
    "an operator closes it as compensated": () =>
      operate("closure", { outcome: "compensated" }),
    "an operator closes it as completed": () =>
      operate("closure", { outcome: "completed" }),
  };
}

async function placeOrder(
  service: TestService,
  customer: ReturnType<typeof aCustomer>,
): Promise<string> {
  const { body } = await service
    .as(customer)
    .post("/api/v1/orders")
    .set("idempotency-key", newId())
    .send(aBody())
    .expect(202);
  return (body as { orderId: string }).orderId;
}

const lines = async ({ platform: { db } }: TestService, orderId: string) =>
  (
    await db.query(
      "SELECT FROM saga_log JOIN saga_instances ON id = saga_id WHERE key = $1",
      [orderId],
    )
  ).length;

function expectMore(now: number, before: number): void {
  if (now <= before) throw new Error("The timer has not come by yet.");
}

/** What each participant says when it does as it is told, and when it refuses. */
function yesAndNo(orderId: string): Record<string, readonly [Draft, Draft?]> {
  const says = answersAbout(orderId, money(2500, "EUR"));
  return {
    "inventory.ReserveInventory.v1": [says.reserved, says.outOfStock],
    "inventory.ReleaseInventory.v1": [says.released],
    "payment.AuthorizePayment.v1": [says.authorized, says.declined],
    "payment.CapturePayment.v1": [says.captured, says.captureRefused],
    "payment.CancelPayment.v1": [says.paymentCancelled],
    "shipping.CreateShipment.v1": [says.shipmentCreated, says.addressRefused],
    "shipping.CancelShipment.v1": [
      ...[says.shipmentCancelled, says.alreadyDispatched],
    ] as [Draft, Draft],
    "notification.SendNotification.v1": [says.notified, says.notNotified],
  };
}
