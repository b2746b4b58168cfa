import { Refusal } from "@cartwright/kernel/refusal";
import { newId } from "@cartwright/kernel/ids";
import { cutNextCommit } from "@cartwright/testing/cut-commit";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { fingerprintOf, once } from "../src/idempotency.ts";
import { created, noContent, type Reply } from "../src/reply.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase("order");
});
afterAll(() => database.stop());

const fingerprint = fingerprintOf(Buffer.from('{"a":1}'));
const aRequest = () => ({
  scope: "ann POST /refunds",
  key: newId(),
  fingerprint,
});

/** Work that leaves a trace in the database each time it is really done. */
function counted() {
  const name = newId();
  const work = async (
    tx: Parameters<Parameters<typeof database.db.transaction>[0]>[0],
  ): Promise<Reply> => {
    await tx.query(
      "INSERT INTO sequences (consumer, subject, last) VALUES ($1, $2, 1)",
      [name, newId()],
    );
    return created({ id: newId() }, { location: "/refunds/1" });
  };
  const times = async () =>
    (
      await database.db.query("SELECT 1 FROM sequences WHERE consumer = $1", [
        name,
      ])
    ).length;
  return { work, times };
}

it("does the work once and replays its reply", async () => {
  const request = aRequest();
  const { work, times } = counted();

  const first = await once(database.db, request, work);
  const second = await once(database.db, request, work);

  expect(first.headers).toEqual({ location: "/refunds/1" });
  expect(second).toEqual({
    ...first,
    headers: { location: "/refunds/1", "idempotent-replayed": "true" },
  });
  expect(await times()).toBe(1);
});

it.each([
  ["with a key", newId()],
  ["without one", undefined],
])(
  "does the work of a request %s once though its COMMIT is not heard of",
  async (_, key) => {
    const { work, times } = counted();
    const isCut = cutNextCommit(database.db.pool, "idempotency-take");
    const reply = await once(database.db, { ...aRequest(), key }, work);

    expect(isCut()).toBe(true);
    expect(reply.status).toBe(201);
    expect(await times()).toBe(1);
  },
);

it("does the work of requests without a key each time", async () => {
  const request = { ...aRequest(), key: undefined };
  const { work, times } = counted();
  await once(database.db, request, work);
  await once(database.db, request, work);
  expect(await times()).toBe(2);
});

it("does the work once for twenty requests in parallel", async () => {
  const request = aRequest();
  const { work, times } = counted();

  const replies = await Promise.all(
    Array.from({ length: 20 }, () => once(database.db, request, work)),
  );

  expect(new Set(replies.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  expect(
    replies.filter(({ headers }) => headers?.["idempotent-replayed"]),
  ).toHaveLength(19);
  expect(await times()).toBe(1);
});

it("refuses a key that comes back with another body", async () => {
  const request = aRequest();
  const { work, times } = counted();
  await once(database.db, request, work);

  const other = { ...request, fingerprint: fingerprintOf(Buffer.from("{}")) };
  await expect(once(database.db, other, work)).rejects.toMatchObject({
    code: "idempotency-key-reused",
  });
  expect(await times()).toBe(1);
});

it("keeps one user's keys apart from another's", async () => {
  const request = aRequest();
  const { work, times } = counted();
  await once(database.db, request, work);
  await once(database.db, { ...request, scope: "bob POST /refunds" }, work);
  expect(await times()).toBe(2);
});

it("keeps nothing of a refusal or a failure: the key may be used again", async () => {
  const request = aRequest();
  const { work, times } = counted();
  for (const error of [new Refusal("too-much", "No."), new Error("broken")]) {
    const failing = async (...[tx]: Parameters<typeof work>) => {
      await work(tx);
      throw error;
    };
    await expect(once(database.db, request, failing)).rejects.toBe(error);
  }
  expect(await times()).toBe(0);
  await once(database.db, request, work);
  expect(await times()).toBe(1);
});

it("replays a reply without a body as one", async () => {
  const request = aRequest();
  await once(database.db, request, async () => noContent());
  const reply = await once(database.db, request, async () => noContent());
  expect(reply).toEqual({
    status: 204,
    headers: { "idempotent-replayed": "true" },
  });
});

it("simply does the work where no key was sent", async () => {
  const { work, times } = counted();
  const request = { ...aRequest(), key: undefined };
  await once(database.db, request, work);
  await once(database.db, request, work);
  expect(await times()).toBe(2);
});
