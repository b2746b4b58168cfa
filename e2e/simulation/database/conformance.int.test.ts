import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import pg from "pg";
import {
  messagingOperations,
  tidying,
} from "./conformance/messaging-operations.ts";
import type { OperationKind } from "./conformance/operation.ts";
import { orderOperations } from "./conformance/order-operations.ts";
import { deadlockTimeout, realWorld } from "./conformance/real-world.ts";
import { sagaOperations } from "./conformance/saga-operations.ts";
import {
  analyticsOperations,
  inventoryOperations,
  notificationOperations,
  paymentOperations,
  shippingOperations,
} from "./conformance/shop-operations.ts";
import { simWorld } from "./conformance/sim-world.ts";
import { runTrace } from "./conformance/trace.ts";

type Suite = {
  readonly name: string;
  readonly service: string;
  readonly kinds: readonly OperationKind[];
};

const suites: readonly Suite[] = [
  { name: "messaging", service: "order", kinds: messagingOperations },
  { name: "sagas", service: "order", kinds: sagaOperations },
  { name: "orders", service: "order", kinds: orderOperations },
  { name: "stock", service: "inventory", kinds: inventoryOperations },
  { name: "payments", service: "payment", kinds: paymentOperations },
  { name: "shipments", service: "shipping", kinds: shippingOperations },
  {
    name: "deliveries",
    service: "notification",
    kinds: notificationOperations,
  },
  { name: "analytics", service: "analytics", kinds: analyticsOperations },
];

/** More on request: `CONFORMANCE=10` runs ten times as many. `CONFORMANCE_SEED` begins elsewhere. */
const factor = Number(process.env.CONFORMANCE ?? "1");
const firstSeed = Number(process.env.CONFORMANCE_SEED ?? "1");

/** For a machine that has other things to do. */
const limit = 180_000;

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase("order");
  const admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  const [{ name } = { name: "" }] = (
    await admin.query<{ name: string }>("SELECT current_database() AS name")
  ).rows;
  await admin.query(
    `ALTER DATABASE ${name} SET deadlock_timeout = '${deadlockTimeout}ms'`,
  );
  await admin.end();
});

afterAll(() => database.stop());

/** How many traces the two ended differently where either end is right. Fails at the first trace on which the two do not agree. */
async function agree(
  { service, kinds }: Suite,
  sessions: number,
  traces: number,
): Promise<{ readonly open: number; readonly waits: number }> {
  const real = await realWorld(
    database.open(service, sessions),
    database.adminUrl,
    sessions,
  );
  const simulated = await simWorld(service, sessions);
  let [open, waits] = [0, 0];
  try {
    for (let seed = firstSeed; seed < firstSeed + traces; seed += 1) {
      const verdict = await runTrace(seed, kinds, [simulated, real]);
      waits += verdict.waits;
      if (verdict.difference && !verdict.isOpen)
        throw new Error(`With the seed ${seed} ${verdict.difference}`);
      if (verdict.difference) open += 1;
    }
  } finally {
    await real.close();
  }
  return { open, waits };
}

describe.each(suites)("the simulated database's $name", (suite) => {
  it(
    "does what Postgres does for one connection",
    async () => {
      const alone = [...suite.kinds, tidying];
      const { open, waits } = await agree(
        { ...suite, kinds: alone },
        1,
        Math.round(200 * factor),
      );
      expect({ open, waits }).toEqual({ open: 0, waits: 0 });
    },
    limit,
  );

  it(
    "lets transactions see and wait for each other as Postgres does",
    async () => {
      const traces = Math.round(40 * factor);
      const two = await agree(suite, 2, traces);
      const three = await agree(suite, 3, traces);
      // Whom Postgres wakes or ends first depends on its timing; of most traces it does not.
      expect(two.open + three.open).toBeLessThan((2 * traces) / 4);
      expect(two.waits + three.waits).toBeGreaterThan(0);
    },
    limit,
  );
});
