import { openDatabase } from "@cartwright/database/open-database";
import { newId } from "@cartwright/kernel/ids";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { listOrders } from "../src/queries/list-orders.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("order");
});
afterAll(() => database.stop());

/** How the server goes about the statement of this name once it is planned for any values. */
async function planOf(name: string, request: { readonly status?: "pending" }) {
  const { url, schema } = database.db;
  const db = openDatabase({ url, schema, maxConnections: 1 });
  const page = { status: request.status, after: newId(), limit: 20 };
  await listOrders(db, { customerId: newId() }, page);
  const [prepared] = await db.query<{ statement: string }>(
    "SELECT statement FROM pg_prepared_statements WHERE name = $1",
    [name],
  );
  const plan = await db.query<{ "QUERY PLAN": string }>(
    `EXPLAIN (GENERIC_PLAN) ${prepared?.statement}`,
  );
  await db.stop?.();
  return plan.map((line) => line["QUERY PLAN"]).join("\n");
}

it.each([
  ["customer-page", {}],
  ["customer-page-of-status", { status: "pending" }],
  ["customer-last-looked-at", { status: "pending" }],
] as const)(
  "looks for a customer's among that customer's alone: %s",
  async (name, request) => {
    const plan = await planOf(name, request);
    expect(plan).toMatch(/Index (Only )?Scan using orders_customer_idx/);
    expect(plan).toMatch(/Index Cond: .*customer_id = \$1.*\(id < COALESCE/);
    expect(plan).not.toContain("Sort");
  },
);
