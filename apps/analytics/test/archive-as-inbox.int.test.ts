import { orderConfirmed } from "@cartwright/contracts/order";
import { days } from "@cartwright/kernel/duration";
import { firstIdOf, newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { deadLettersOf } from "@cartwright/messaging/dead-letters";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { analyticsService } from "../src/analytics-service.ts";
import { onAnyEvent } from "../src/consumers/on-any-event.ts";

const at = "2026-05-01T12:00:00.000Z";
const operator = { id: "olga", reason: "the bug is mended" };

let analytics: TestService;
beforeEach(async () => {
  analytics = await testService(analyticsService);
});
afterEach(() => analytics.stop());

const sql = <Row extends object>(text: string) =>
  analytics.platform.db.query<Row>(text);

/** A sale of 10 EUR, as it is delivered; the same id however often. */
const aSale = (id: string = newId()) => {
  const orderId = newId<"order">();
  const totalAmount = money(1000, "EUR");
  const item = { sku: "MUG", name: "Mug", quantity: 1, unitPrice: totalAmount };
  return {
    ...orderConfirmed({
      ...{ orderId, totalAmount, confirmedAt: at },
      ...{ orderNumber: "A-1", customerId: newId() },
      items: [{ productId: newId(), ...item }],
    }),
    ...{ id, sequence: 1 },
  };
};

const archived = async () =>
  (await sql<{ id: string }>("SELECT id FROM event_archive ORDER BY id")).map(
    ({ id }) => id,
  );
const confirmed = async () =>
  (await sql<{ confirmed: number }>("SELECT confirmed FROM sales_by_day"))[0]
    ?.confirmed;
const setAside = () =>
  sql<{ id: number; reason: string }>(
    "SELECT id, reason FROM parked_messages ORDER BY id",
  );

/** From now on no sale can be added to the books; returns how they are mended. */
async function spoilBooks() {
  await sql(
    `INSERT INTO sales_by_day (day, currency, placed, confirmed, cancelled, revenue)
     VALUES ('${at}', 'EUR', 0, 2147483647, 0, 0)`,
  );
  return () => sql("UPDATE sales_by_day SET confirmed = 0");
}

function letters() {
  const { db } = analytics.platform;
  const ours = deadLettersOf({
    db,
    group: "analytics",
    handlers: [onAnyEvent],
  });
  const takeUp = { takeUp: db.transaction };
  return {
    requeue: (id: number) => ours.requeue(id, operator, takeUp),
    discard: (id: number) => ours.discard(id, operator, takeUp),
  };
}

it("keeps and counts an event once that comes twice in a batch and again in others", async () => {
  const [one, other] = [aSale(), aSale()];
  await analytics.deliver(other, one, other);
  await analytics.deliver(one);
  await analytics.deliver(one, aSale(), other);
  expect(await archived()).toHaveLength(3);
  expect(await confirmed()).toBe(3);
});

it("writes a batch in the order of ids, as every consumer of the group does: two of them cannot deadlock", async () => {
  const sales = [aSale(), aSale(), aSale()];
  await analytics.deliver(...sales.toReversed());
  const written = await sql<{ id: string }>(
    "SELECT id FROM event_archive ORDER BY ctid",
  );
  expect(written).toEqual(sales.map(({ id }) => ({ id })));
});

it("knows an event by its id in either case", async () => {
  const sale = aSale();
  await analytics.deliver({ ...sale, id: sale.id.toUpperCase() });
  await analytics.deliver(sale);
  expect(await archived()).toEqual([sale.id]);
  expect(await confirmed()).toBe(1);
});

it("has no second list of what it has handled", async () => {
  await analytics.deliver(aSale());
  expect(await sql("SELECT FROM inbox")).toEqual([]);
});

it("keeps no event whose counting failed, and both once it is requeued", async () => {
  const mend = await spoilBooks();
  const sale = aSale();
  await analytics.deliver(sale);
  expect(await archived()).toEqual([]);
  const [letter] = await setAside();
  expect(letter).toMatchObject({ reason: "handler-failed" });

  await mend();
  await analytics.deliver(sale); // waits behind itself
  const { handled } = await letters().requeue(letter!.id);
  expect(handled).toBe(1);
  await analytics.deliver(sale);
  expect(await archived()).toEqual([sale.id]);
  expect(await confirmed()).toBe(1);
  expect(await setAside()).toEqual([]);
});

it("keeps a discarded event, does not count it, and drops it when it comes again", async () => {
  const mend = await spoilBooks();
  const sale = aSale();
  await analytics.deliver(sale);
  const [letter] = await setAside();
  await letters().discard(letter!.id);
  await mend();
  await analytics.deliver(sale);
  expect(await archived()).toEqual([sale.id]);
  expect(await confirmed()).toBe(0);
  expect(await setAside()).toEqual([]);
});

it("remembers for as long as it keeps: an event of last year has one effect too", async () => {
  const old = aSale(firstIdOf(new Date(Date.now() - days(365))));
  await analytics.deliver(old);
  await analytics.deliver(old);
  expect(await archived()).toEqual([old.id]);
  expect(await confirmed()).toBe(1);
});

it("sets an event aside whose id is of a month to come, which the archive is not to have yet", async () => {
  const early = aSale(firstIdOf(new Date(Date.now() + days(90))));
  await analytics.deliver(early);
  expect(await archived()).toEqual([]);
  const [letter] = await setAside();
  expect(letter).toMatchObject({ reason: "malformed" });
  await letters().discard(letter!.id);
  expect(await setAside()).toEqual([]);
});
