import { sendNotification } from "@cartwright/contracts/notification";
import type { ServiceClient } from "@cartwright/http/service-client";
import { newId } from "@cartwright/kernel/ids";
import { eventually } from "@cartwright/testing/eventually";
import { aCustomer, aStaffMember } from "@cartwright/testing/principals";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { notificationService } from "../src/notification-service.ts";

let notification: TestService;

const asked: string[] = [];
/** Knows everybody, by the name of Ada. */
const identity = {
  get: async (
    path: string,
    { schema }: { schema: { parse(value: unknown): unknown } },
  ) => {
    asked.push(path);
    const ids =
      new URL(path, "http://identity").searchParams.get("ids")?.split(",") ??
      [];
    const items = ids.map((userId) => ({
      userId,
      email: `${userId}@example.com`,
      name: "Ada",
    }));
    return schema.parse({ items });
  },
  post: () => Promise.reject(new Error("Nobody posts to identity here.")),
} as unknown as ServiceClient;

beforeAll(async () => {
  notification = await testService(notificationService, {
    clients: { identity },
  });
});
afterAll(() => notification.stop());

const aCommand = (customerId: string, orderId: string = newId()) =>
  sendNotification({
    orderId,
    customerId,
    template: "order-confirmed",
    values: { orderNumber: "A-1" },
  });

async function notify(customerId: string, count: number): Promise<void> {
  const before = (await notification.published()).length;
  await notification.deliver(
    ...Array.from({ length: count }, () => aCommand(customerId)),
  );
  await eventually(async () =>
    expect(await notification.published()).toHaveLength(before + count),
  );
}

it("asks identity once for the contacts of many customers", async () => {
  asked.length = 0;
  const before = (await notification.published()).length;
  await notification.deliver(
    ...Array.from({ length: 30 }, () => aCommand(newId())),
  );
  await eventually(async () =>
    expect(await notification.published()).toHaveLength(before + 30),
  );
  expect(asked).toHaveLength(1);
});

it("shows customers their own notifications, page by page", async () => {
  const [ada, bob] = [aCustomer(), aCustomer()];
  await notify(ada.id, 3);
  await notify(bob.id, 1);
  const first = await notification
    .as(ada)
    .get("/api/v1/notifications?limit=2")
    .expect(200);
  const { items, nextCursor } = first.body;
  expect(items).toHaveLength(2);
  expect(items[0]).toMatchObject({
    customerId: ada.id,
    status: "sent",
    title: "Your order A-1 is confirmed",
  });
  const second = await notification
    .as(ada)
    .get(`/api/v1/notifications?limit=2&cursor=${nextCursor}`)
    .expect(200);
  expect(second.body.items).toHaveLength(1);
  expect(second.body.nextCursor).toBeUndefined();
});

it("does not let a customer read what somebody else was told", async () => {
  const [ada, bob] = [aCustomer(), aCustomer()];
  await notify(ada.id, 1);
  const own = await notification
    .as(ada)
    .get("/api/v1/notifications")
    .expect(200);
  const { notificationId } = own.body.items[0];
  const one = await notification
    .as(ada)
    .get(`/api/v1/notifications/${notificationId}`)
    .expect(200);
  expect(one.body.body).toContain("Hello Ada");
  await notification
    .as(bob)
    .get(`/api/v1/notifications/${notificationId}`)
    .expect(404);
  await notification
    .as(bob)
    .get(`/api/v1/notifications?customerId=${ada.id}`)
    .expect(403);
  const named = await notification
    .as(ada)
    .get(`/api/v1/notifications?customerId=${ada.id}`)
    .expect(200);
  expect(named.body.items).toHaveLength(1);
});

it("shows staff the notifications of any customer", async () => {
  const ada = aCustomer();
  await notify(ada.id, 1);
  const { body } = await notification
    .as(aStaffMember())
    .get(`/api/v1/notifications?customerId=${ada.id}`)
    .expect(200);
  expect(body.items).toHaveLength(1);
});

it("shows staff the mails of one order or recipient, and customers none", async () => {
  const customerId = newId();
  const orderId = newId();
  await notification.deliver(aCommand(customerId, orderId));
  const staff = notification.as(aStaffMember());
  await eventually(async () => {
    const { body } = await staff
      .get(`/api/v1/notifications/mails?orderId=${orderId}`)
      .expect(200);
    expect(body.items).toMatchObject([
      { orderId, recipient: `${customerId}@example.com` },
    ]);
  });
  const { body } = await staff
    .get(`/api/v1/notifications/mails?recipient=${customerId}@example.com`)
    .expect(200);
  expect(body.items).toHaveLength(1);
  await notification
    .as(aCustomer())
    .get("/api/v1/notifications/mails")
    .expect(403);
});

it("shows staff the templates", async () => {
  const { body } = await notification
    .as(aStaffMember())
    .get("/api/v1/templates")
    .expect(200);
  expect(namesIn(body.items)).toEqual([
    "order-cancelled",
    "order-confirmed",
    "order-refunded",
  ]);
});

const namesIn = (items: { name: string }[]) => items.map(({ name }) => name);

it("refuses a cursor that it has not given", async () => {
  const { body } = await notification
    .as(aCustomer())
    .get("/api/v1/notifications?cursor=nonsense")
    .expect(400);
  expect(body.code).toBe("validation-failed");
});
