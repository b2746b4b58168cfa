import {
  orderCancelled,
  orderConfirmed,
  orderCreated,
} from "@cartwright/contracts/order";
import { fixedClock } from "@cartwright/kernel/clock";
import { newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { aCustomer, aStaffMember } from "@cartwright/testing/principals";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { analyticsService } from "../src/analytics-service.ts";

const now = new Date("2026-05-01T12:00:00.000Z");
const at = now.toISOString();
let analytics: TestService;

beforeEach(async () => {
  analytics = await testService(analyticsService, { clock: fixedClock(now) });
});
afterEach(() => analytics.stop());

function anOrder(amount: number) {
  const common = {
    orderId: newId<"order">(),
    orderNumber: "A-1",
    customerId: newId(),
    totalAmount: money(amount, "EUR"),
  };
  const unitPrice = common.totalAmount;
  const items = [
    { productId: newId(), sku: "MUG", name: "Mug", quantity: 1, unitPrice },
  ];
  return {
    orderId: common.orderId,
    created: orderCreated({ ...common, items, createdAt: at }),
    confirmed: orderConfirmed({ ...common, items, confirmedAt: at }),
    cancelled: orderCancelled({
      ...common,
      reason: "x",
      wasConfirmed: true,
      cancelledAt: at,
    }),
  };
}

const typesIn = (items: { type: string }[]) => items.map(({ type }) => type);

it("shows staff today's sales", async () => {
  const [kept, given] = [anOrder(1000), anOrder(500)];
  await analytics.deliver(
    kept.created,
    given.created,
    kept.confirmed,
    given.confirmed,
  );
  await analytics.deliver(given.cancelled);
  const { body } = await analytics
    .as(aStaffMember())
    .get("/api/v1/analytics/sales")
    .expect(200);
  expect(body).toEqual({
    day: "2026-05-01",
    sales: [
      {
        currency: "EUR",
        ordersPlaced: 2,
        ordersConfirmed: 2,
        ordersCancelled: 1,
        revenue: { amount: 1000, currency: "EUR" },
        refunded: { amount: 0, currency: "EUR" },
      },
    ],
  });
});

it("counts an event once, however often it is delivered", async () => {
  const order = anOrder(1000);
  const event = { ...order.created, id: newId() };
  await analytics.deliver(event, event);
  await analytics.deliver({ ...event, sequence: 1 });
  const { body } = await analytics
    .as(aStaffMember())
    .get("/api/v1/analytics/sales")
    .expect(200);
  expect(body.sales).toMatchObject([{ ordersPlaced: 1 }]);
});

it("tells what happened to an order", async () => {
  const order = anOrder(1000);
  await analytics.deliver(order.created, order.confirmed, anOrder(1).created);
  const { body } = await analytics
    .as(aStaffMember())
    .get(`/api/v1/analytics/orders/${order.orderId}/events`)
    .expect(200);
  expect(typesIn(body.items)).toEqual([
    "order.OrderCreated.v1",
    "order.OrderConfirmed.v1",
  ]);
  expect(body.items[0]).toMatchObject({
    subject: `order/${order.orderId}`,
    sequence: 1,
    data: { totalAmount: { amount: 1000, currency: "EUR" } },
  });
});

it("pages through every event there was", async () => {
  await analytics.deliver(
    ...[1, 2, 3].map((amount) => anOrder(amount).created),
  );
  const staff = analytics.as(aStaffMember());
  const first = await staff.get("/api/v1/audit/events?limit=2").expect(200);
  const second = await staff
    .get(`/api/v1/audit/events?limit=2&cursor=${first.body.nextCursor}`)
    .expect(200);
  const amounts = [...first.body.items, ...second.body.items].map(
    ({ data }: { data: { totalAmount: { amount: number } } }) =>
      data.totalAmount.amount,
  );
  expect(amounts).toEqual([3, 2, 1]);
  expect(second.body.nextCursor).toBeUndefined();
});

it.each([
  "/analytics/sales",
  `/analytics/orders/${newId()}/events`,
  "/audit/events",
])("does not show customers %s", async (path) => {
  await analytics.as(aCustomer()).get(`/api/v1${path}`).expect(403);
  await analytics.request.get(`/api/v1${path}`).expect(401);
});

it("refuses a day that is none", async () => {
  const { body } = await analytics
    .as(aStaffMember())
    .get("/api/v1/analytics/sales?day=2026-02-30")
    .expect(400);
  expect(body.code).toBe("validation-failed");
});
