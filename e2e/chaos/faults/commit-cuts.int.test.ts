import { openDatabase } from "@cartwright/database/open-database";
import { newId } from "@cartwright/kernel/ids";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { commitCutter } from "./commit-cuts.ts";
import { tcpProxy, type TcpProxy } from "./tcp-proxy.ts";

const commits = commitCutter();
let database: TestDatabase;
let proxy: TcpProxy;

beforeAll(async () => {
  database = await testDatabase("order");
  const url = new URL(database.adminUrl);
  proxy = await tcpProxy({
    port: 0,
    target: Number(url.port),
    tap: commits.tap,
  });
});
afterAll(async () => {
  await proxy.stop();
  await database.stop();
});

/** The service's own role, through the proxy. */
function throughTheProxy() {
  const url = new URL(database.db.url);
  url.port = String(proxy.port);
  url.searchParams.delete("host");
  return openDatabase({ url: url.href, schema: "order", maxConnections: 2 });
}

it("does once what is committed while the connection is cut, before the server knows and after it has committed", async () => {
  const db = throughTheProxy();
  const names = Array.from({ length: 10 }, () => newId());
  let attempts = 0;
  for (const name of names) {
    commits.arm(2);
    await db.transaction(async (tx) => {
      attempts += 1;
      await tx.query(
        `INSERT INTO leases (name, holder, token, expires_at) VALUES ($1, $2, 1, now())
         ON CONFLICT (name) DO NOTHING`,
        [name, newId()],
      );
    });
  }
  await db.stop?.();
  expect(commits.cuts()).toEqual({ before: 10, after: 10 });
  expect(attempts).toBe(30);
  const rows = await database.db.query(
    "SELECT FROM leases WHERE name = ANY ($1)",
    [names],
  );
  expect(rows).toHaveLength(10);
});

it("leaves the administrator's connections alone", async () => {
  commits.arm(1);
  const url = new URL(database.adminUrl);
  url.port = String(proxy.port);
  url.searchParams.delete("host");
  const db = openDatabase({
    url: url.href,
    schema: "order",
    maxConnections: 1,
  });
  await db.transaction((tx) => tx.query("SELECT 1"));
  await db.stop?.();
  expect(commits.cuts()).toEqual({ before: 10, after: 10 });
});
