import {
  openDatabase,
  type Database,
} from "@cartwright/database/open-database";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { openTransactions } from "../src/figures/open-transactions.ts";

let database: TestDatabase;
let administrator: Database;
const asAdministratorOf = ({ adminUrl }: TestDatabase): Database =>
  openDatabase({ url: adminUrl, schema: "public", maxConnections: 1 });
beforeEach(async () => {
  database = await testDatabase("order");
  administrator = asAdministratorOf(database);
});
afterEach(async () => {
  await administrator.stop?.();
  await database.stop();
});

/** What is shown after each of these seconds. */
function aWatch() {
  let time = 0;
  const read = openTransactions("order", database.db, () => time * 1_000);
  return async (at: number): Promise<number> => {
    time = at;
    const [sample] = await read();
    return sample?.value ?? -1;
  };
}

it("tells for how long somebody else's transaction has been seen, and that it is over", async () => {
  const shownAt = aWatch();
  await administrator.query("BEGIN");
  await administrator.query("SELECT 1");
  expect(await shownAt(100)).toBeLessThan(5);
  expect(await shownAt(131)).toBeGreaterThanOrEqual(31);
  await administrator.query("COMMIT; BEGIN");
  expect(await shownAt(140)).toBeLessThan(5);
  await administrator.query("COMMIT");
  expect(await shownAt(200)).toBeLessThan(5);
});

it("takes what a role's own transactions are for true at the first look", async () => {
  const { promise: held, resolve: release } = Promise.withResolvers();
  const { promise: isOpen, resolve: open } = Promise.withResolvers();
  const transaction = database.db.transaction(async (tx) => {
    await tx.query("SELECT pg_sleep(1)");
    open(undefined);
    await held;
  });
  await isOpen;
  expect(await aWatch()(0)).toBeGreaterThanOrEqual(1);
  release(undefined);
  await transaction;
});

it("sees nothing of another database", async () => {
  const other = await testDatabase("order");
  const stranger = asAdministratorOf(other);
  await stranger.query("BEGIN; SELECT 1");
  const shownAt = aWatch();
  await shownAt(0);
  expect(await shownAt(60)).toBeLessThan(5);
  await stranger.stop?.();
  await other.stop();
});
