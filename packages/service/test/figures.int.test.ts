import { orderCompleted, orderConfirmed } from "@cartwright/contracts/order";
import { newId } from "@cartwright/kernel/ids";
import { on } from "@cartwright/messaging/handler";
import { metricsAsText } from "@cartwright/observability/scrape";
import { silentLogger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import { anOperator } from "@cartwright/testing/principals";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { z } from "zod";
import { metricsServer } from "../src/metrics-server.ts";
import { defineService } from "../src/service.ts";

const analytics = defineService({
  name: "analytics",
  config: z.object({}),
  create: ({ outbox }) => ({
    routes: [],
    refusals: {},
    figures: async () => [
      { name: "cartwright_sagas_stuck", value: 3, labels: {} },
    ],
    handlers: [
      on([orderCompleted], async (tx, messages) => {
        const [message] = messages;
        if (message?.data.customerId === troublesome) throw new TypeError("no");
        outbox.append(tx, [{ draft: confirmed, sequence: 1, cause }]);
      }),
    ],
  }),
});

const troublesome = newId();
const cause = { correlationId: "flow" };
const confirmed = orderConfirmed({
  orderId: newId(),
  orderNumber: "2026-1",
  customerId: newId(),
  items: [
    {
      productId: newId(),
      sku: "MUG",
      name: "Mug",
      quantity: 1,
      unitPrice: { amount: 1250, currency: "EUR" },
    },
  ],
  totalAmount: { amount: 1250, currency: "EUR" },
  confirmedAt: new Date().toISOString(),
});

let service: TestService;
beforeAll(async () => {
  service = await testService(analytics);
});
afterAll(() => service.stop());

const completed = (customerId: string) =>
  service.deliver(
    orderCompleted({
      ...{ orderId: newId(), customerId },
      completedAt: new Date().toISOString(),
    }),
  );

it("tells of what it has handled, published and set aside, and of its database", async () => {
  await completed(newId());
  await completed(troublesome);
  const text = await metricsAsText();
  for (const line of [
    /^cartwright_handler_messages_total{service="analytics",handler="order"} \d/m,
    /^cartwright_messages_written_total{service="analytics",type="order.OrderConfirmed.v1"} 1$/m,
    /^cartwright_orders_total{outcome="confirmed"} 1$/m,
    /^cartwright_revenue_minor_units_total{currency="EUR"} 1250$/m,
    /^cartwright_order_confirmation_duration_seconds_count 1$/m,
    /^cartwright_dead_letters{service="analytics",cause="handler-failed"} 1$/m,
    /^cartwright_outbox_oldest_age_seconds{service="analytics"} \d/m,
    /^cartwright_outside_calls_overdue_seconds{service="analytics"} 0$/m,
    /^cartwright_sagas_stuck 3$/m,
    /^cartwright_database_up{service="analytics"} 1$/m,
    /^cartwright_database_rows{service="analytics",state="live"} \d/m,
    /^cartwright_database_oldest_transaction_seconds{service="analytics"} \d/m,
    /^db_client_connection_max{service="analytics"} \d/m,
    /^http_server_active_requests{service="analytics"} 0$/m,
  ])
    expect(text).toMatch(line);
});

it("shows them on a port of its own, and nothing else there", async () => {
  const [server] = metricsServer({ port: 0, logger: silentLogger });
  if (server === undefined) throw new Error("There is no server.");
  await server.start?.();
  try {
    const url = `http://127.0.0.1:${server.port()}`;
    await eventually(async () => {
      const answer = await fetch(`${url}/metrics`);
      expect(answer.headers.get("content-type")).toContain("openmetrics-text");
      expect(await answer.text()).toMatch(/# EOF\n$/);
    });
    expect((await fetch(`${url}/health/ready`)).status).toBe(404);
  } finally {
    await server.stop?.();
  }
  await service.as(anOperator()).get("/metrics").expect(404);
});

it("shows nothing without a port", () => {
  expect(metricsServer({ port: undefined, logger: silentLogger })).toEqual([]);
});
