import { newId } from "@cartwright/kernel/ids";
import { eventually } from "@cartwright/testing/eventually";
import { aCustomer, aStaffMember } from "@cartwright/testing/principals";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { shipmentIdOf } from "../src/domain/shipment.ts";
import { shippingService } from "../src/shipping-service.ts";
import { deliverable, nowhere } from "./carrier-conformance.ts";
import { cancel, confirm, create } from "./fixtures.ts";

let service: TestService;
beforeAll(async () => {
  service = await testService(shippingService);
});
afterAll(() => service.stop());

/** What shipping has said about an order so far. */
const saidOf = async (orderId: string) =>
  (await service.published()).filter(({ key }) => key === orderId);

const untilSaid = (orderId: string, ...names: string[]) =>
  eventually(async () => {
    const said = await saidOf(orderId);
    expect(said.map(({ type }) => type.split(".")[1])).toEqual(names);
    return said;
  });

const tasksOf = async (orderId: string) =>
  service.platform.db.query("SELECT kind FROM attempts WHERE subject_id = $1", [
    shipmentIdOf(orderId),
  ]);

const api = (orderId: string, path = "") =>
  `/api/v1/shipments/${shipmentIdOf(orderId)}${path}`;

const staff = aStaffMember();

async function aHeldShipment(customerId: string = newId()) {
  const orderId = newId();
  await service.deliver(create(orderId, { customerId }));
  await untilSaid(orderId, "ShipmentCreated");
  return orderId;
}

describe("the journey of a shipment", () => {
  it("leads from the booking to the customer's door", async () => {
    const orderId = newId();
    const id = newId();
    await service.deliver({ ...create(orderId), id });
    const [created] = await untilSaid(orderId, "ShipmentCreated");
    expect(created).toMatchObject({
      subject: `shipment/${shipmentIdOf(orderId)}`,
      key: orderId,
      sequence: 1,
      commandId: id,
      data: {
        orderId,
        carrier: "simulated",
        trackingNumber: expect.stringMatching(/^CW\d{12}$/),
      },
    });

    await service.as(staff).post(api(orderId, "/dispatch")).expect(409);
    await service.deliver(confirm(orderId));
    const dispatched = await service
      .as(staff)
      .post(api(orderId, "/dispatch"))
      .expect(200);
    expect(dispatched.body).toMatchObject({ orderId, status: "dispatched" });
    for (const path of ["/dispatch", "/delivery", "/delivery", "/dispatch"])
      await service.as(staff).post(api(orderId, path)).expect(200);
    const said = await untilSaid(
      orderId,
      "ShipmentCreated",
      "ShipmentDispatched",
      "ShipmentDelivered",
    );
    expect(said.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);

    const tracking = await service.as(staff).get(api(orderId, "/tracking"));
    expect(tracking.body).toMatchObject({
      status: "delivered",
      history: [
        { status: "requested" },
        { status: "held" },
        { status: "dispatchable" },
        { status: "dispatched" },
        { status: "delivered" },
      ],
    });
  });

  it("ends where the carrier does not deliver", async () => {
    const orderId = newId();
    await service.deliver(create(orderId, { address: nowhere }));
    const [rejected] = await untilSaid(orderId, "ShipmentRejected");
    expect(rejected?.data).toMatchObject({ code: "address-not-deliverable" });
  });

  it("leaves nothing behind to be done", async () => {
    const orderId = await aHeldShipment();
    await service.deliver(confirm(orderId));
    await eventually(async () => expect(await tasksOf(orderId)).toEqual([]));
  });
});

describe("a cancellation", () => {
  it("before the shipment refuses the shipment", async () => {
    const orderId = newId();
    await service.deliver(cancel(orderId));
    await service.deliver(create(orderId));
    const said = await untilSaid(
      orderId,
      "ShipmentCancelled",
      "ShipmentRejected",
    );
    expect(said[1]).toMatchObject({ sequence: 2, data: { code: "cancelled" } });
    expect(await tasksOf(orderId)).toEqual([]);
  });

  it("while the carrier is asked undoes what the carrier says", async () => {
    const orderId = newId();
    const id = newId();
    await service.deliver({ ...create(orderId), id }, cancel(orderId));
    const said = await untilSaid(
      orderId,
      "ShipmentCancelled",
      "ShipmentRejected",
    );
    expect(said[1]).toMatchObject({
      commandId: id,
      data: { code: "cancelled" },
    });
    await eventually(async () => expect(await tasksOf(orderId)).toEqual([]));
  });

  it.each(["held", "dispatchable"])(
    "takes back a %s shipment",
    async (status) => {
      const orderId = await aHeldShipment();
      if (status === "dispatchable") await service.deliver(confirm(orderId));
      await service.deliver(cancel(orderId));
      await untilSaid(orderId, "ShipmentCreated", "ShipmentCancelled");
      const { body } = await service
        .as(staff)
        .post(api(orderId, "/dispatch"))
        .expect(409);
      expect(body).toMatchObject({
        code: "not-dispatchable",
        shipmentStatus: "cancelled",
        status: 409,
      });
    },
  );

  it("comes too late for what has left", async () => {
    const orderId = await aHeldShipment();
    await service.deliver(confirm(orderId));
    await service.as(staff).post(api(orderId, "/dispatch")).expect(200);
    await service.deliver(cancel(orderId));
    const said = await untilSaid(
      orderId,
      "ShipmentCreated",
      "ShipmentDispatched",
      "ShipmentCancellationRejected",
    );
    expect(said[2]?.data).toMatchObject({ code: "already-dispatched" });
  });

  it("is answered once, however often it is sent", async () => {
    const orderId = newId();
    const command = { ...cancel(orderId), id: newId() };
    await service.deliver(command, { ...command, attempt: 2 });
    const [said] = await untilSaid(orderId, "ShipmentCancelled");
    await service.deliver({ ...command, attempt: 3 });
    const again = await untilSaid(
      orderId,
      "ShipmentCancelled",
      "ShipmentCancelled",
    );
    expect(again.map(({ id }) => id)).toEqual([said?.id, said?.id]);
  });
});

it("handles many orders in batches side by side", async () => {
  const orderIds = Array.from({ length: 240 }, () => newId());
  const batches = Array.from({ length: 6 }, (_, b) =>
    orderIds.filter((_, n) => n % 6 === b),
  );
  await Promise.all(
    batches.map((batch) =>
      service.deliver(
        ...batch.map((orderId, n) =>
          create(orderId, { address: n % 5 === 0 ? nowhere : deliverable }),
        ),
      ),
    ),
  );
  await Promise.all(
    batches.map((batch) =>
      service.deliver(
        ...batch
          .filter((_, n) => n % 4 === 1)
          .map((orderId) => cancel(orderId)),
      ),
    ),
  );
  await eventually(async () => {
    const rows = await service.platform.db.query<{ open: number }>(
      `SELECT count(*) AS open FROM shipments WHERE order_id = ANY ($1::uuid[])
       AND status NOT IN ('held', 'rejected', 'cancelled')`,
      [orderIds],
    );
    expect(rows).toEqual([{ open: 0 }]);
  });
  const answered = new Set(
    (await service.published())
      .filter(({ commandId }) => commandId !== undefined)
      .map(({ key }) => key),
  );
  expect(orderIds.filter((id) => !answered.has(id))).toEqual([]);
});

describe("reading", () => {
  it("shows customers their own shipments, and nobody else's", async () => {
    const ada = aCustomer();
    const orderId = await aHeldShipment(ada.id);
    const foreign = await aHeldShipment();
    const { body } = await service.as(ada).get(api(orderId)).expect(200);
    expect(body).toMatchObject({
      orderId,
      status: "held",
      lines: [{ sku: "MUG", quantity: 2 }],
      address: deliverable,
    });
    await service.as(ada).get(api(foreign)).expect(404);
    await service.as(ada).get(api(foreign, "/tracking")).expect(404);
    const all = await service.as(ada).get("/api/v1/shipments").expect(200);
    expect(all.body).toEqual({ items: [expect.objectContaining({ orderId })] });
    const none = await service
      .as(ada)
      .get(`/api/v1/shipments?orderId=${foreign}`);
    expect(none.body).toEqual({ items: [] });
  });

  it("turns the pages for staff, newest first", async () => {
    const ids = [await aHeldShipment(), await aHeldShipment()].reverse();
    const page = (query: string) =>
      service.as(staff).get(`/api/v1/shipments?limit=1${query}`).expect(200);
    const first = (await page("")).body;
    const second = (await page(`&cursor=${first.nextCursor}`)).body;
    expect([first.items[0].orderId, second.items[0].orderId]).toEqual(ids);
  });

  it("keeps dispatching to staff, and unknown shipments unknown", async () => {
    const orderId = await aHeldShipment();
    await service.as(aCustomer()).post(api(orderId, "/dispatch")).expect(403);
    await service.request.get(api(orderId)).expect(401);
    await service.as(staff).get(api(newId())).expect(404);
    await service.as(staff).post(api(newId(), "/delivery")).expect(404);
    await service.as(staff).get("/api/v1/shipments/42").expect(400);
  });
});

describe("before the order", () => {
  it("tells anybody what a parcel costs", async () => {
    const { body } = await service.request
      .get("/api/v1/shipping/rates?country=DE")
      .expect(200);
    expect(body.items).toEqual([
      {
        service: "standard",
        price: { amount: 490, currency: "EUR" },
        ...{ minDays: 1, maxDays: 3 },
      },
      expect.objectContaining({ service: "express" }),
    ]);
    await service.request.get("/api/v1/shipping/rates?country=xx").expect(400);
  });

  it("tells anybody whether a parcel would arrive", async () => {
    const check = (address: object) =>
      service.request.post("/api/v1/addresses/validation").send(address);
    expect((await check(deliverable).expect(200)).body).toEqual({
      deliverable: true,
    });
    expect((await check(nowhere).expect(200)).body).toEqual({
      deliverable: false,
      code: "address-not-deliverable",
    });
    await check({ ...deliverable, planet: "Mars" }).expect(400);
  });
});
