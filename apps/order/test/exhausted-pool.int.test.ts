import { seconds } from "@cartwright/kernel/duration";
import { newId } from "@cartwright/kernel/ids";
import { aCustomer } from "@cartwright/testing/principals";
import { eventually } from "@cartwright/testing/eventually";
import type { TestService } from "@cartwright/testing/test-service";
import { aBody, anOrderService } from "./an-order-service.ts";

/** How long a connection may be waited for, and some time for the rest. */
const inTime = seconds(4.5);
const customer = aCustomer();

let service: TestService;
beforeAll(async () => {
  service = await anOrderService();
});
afterAll(() => service.stop());

const place = (key: string) =>
  service
    .as(customer)
    .post("/api/v1/orders")
    .set("idempotency-key", key)
    .send(aBody());
const read = () => service.as(customer).get("/api/v1/orders");

/** Every connection is at a query of just less than the server allows; resolves when the last one is done. */
const slowQueries = () => {
  const { pool } = service.platform.db;
  return Promise.all(
    Array.from({ length: pool.options.max }, () =>
      pool.query("SELECT pg_sleep(4.8)"),
    ),
  );
};

it("answers 503 in time while slow queries hold every connection, stays alive and ready, and goes on by itself", async () => {
  const keys = Array.from({ length: 60 }, () => newId());
  const slow = slowQueries();
  await eventually(() => expect(service.platform.db.stats().idle).toBe(0));

  const begun = performance.now();
  const refusals = [...keys.map(place), ...keys.map(() => read())].map(
    async (request) => ({
      response: await request,
      took: performance.now() - begun,
    }),
  );
  const [live, ready] = await Promise.all(
    ["live", "ready"].map((kind) => service.request.get(`/health/${kind}`)),
  );
  const healthTook = performance.now() - begun;
  for (const { response, took } of await Promise.all(refusals)) {
    expect(response.status).toBe(503);
    expect(response.headers).toMatchObject({
      "content-type": "application/problem+json",
      "retry-after": "1",
    });
    expect(response.body).toMatchObject({ code: "service-unavailable" });
    expect(JSON.stringify(response.body)).not.toMatch(/pool|connect|timeout/i);
    expect(took).toBeLessThan(inTime);
  }
  expect([live?.status, ready?.status]).toEqual([200, 200]);
  expect(ready?.body).toMatchObject({ status: "degraded" });
  expect(healthTook).toBeLessThan(seconds(3));

  await slow;
  const placed = await Promise.all(keys.map(place));
  expect(new Set(placed.map(({ status }) => status))).toEqual(new Set([202]));
  expect((await read()).status).toBe(200);
  expect(service.platform.db.stats()).toMatchObject({ waiting: 0 });
  const [row] = await service.platform.db.query<{ orders: number }>(
    "SELECT count(*) AS orders FROM orders",
  );
  expect(row?.orders).toBe(keys.length);
});
