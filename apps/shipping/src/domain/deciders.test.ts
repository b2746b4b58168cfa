import fc from "fast-check";
import {
  cancel,
  clear,
  create,
  deliver,
  dispatch,
  settleBooking,
} from "./deciders.ts";
import {
  shipmentIdOf,
  type BookingOutcome,
  type Parcel,
  type Shipment,
  type ShipmentDecision,
  type ShipmentStatus,
} from "./shipment.ts";

const orderId = "019a91f0-5c00-7a10-8b21-3c4d5e6f7081";
const at = "2026-05-01T10:00:00.000Z";
const booking = { carrier: "simulated", trackingNumber: "CW1" };
const booked: BookingOutcome = { kind: "booked", ...booking };
const refused: BookingOutcome = {
  kind: "refused",
  code: "address-not-deliverable",
};
const parcel: Parcel = {
  customerId: "019a91f0-5c00-7a10-8b21-000000000001",
  lines: [{ sku: "MUG", quantity: 2 }],
  address: {
    name: "Ada",
    line1: "Main Street 1",
    postalCode: "12345",
    city: "Berlin",
    country: "DE",
  },
};

const aShipment = (status: ShipmentStatus): Shipment => ({
  id: shipmentIdOf(orderId),
  orderId,
  status,
  parcel,
  ...(status !== "requested" && { booking }),
  history: [{ status, at }],
  sequence: 1,
});

const aTombstone = () => cancel(undefined, { orderId }, at).shipment;
const told = (decision: ShipmentDecision | undefined) =>
  decision?.event && { ...decision.event };

describe("creating", () => {
  it("asks the carrier and says nothing yet", () => {
    const decision = create(undefined, { orderId, parcel }, at);
    expect(decision?.shipment).toMatchObject({
      status: "requested",
      sequence: 0,
    });
    expect(decision?.event).toBeUndefined();
    expect(decision?.task).toEqual({
      kind: "book",
      lines: parcel.lines,
      address: parcel.address,
    });
  });

  it("asks only once", () => {
    expect(
      create(aShipment("requested"), { orderId, parcel }, at),
    ).toBeUndefined();
  });

  it("is refused, once, after the cancellation", () => {
    const decision = create(aTombstone(), { orderId, parcel }, at);
    expect(told(decision)).toMatchObject({
      kind: "rejected",
      code: "cancelled",
      sequence: 2,
    });
    expect(decision?.task).toBeUndefined();
    expect(create(decision?.shipment, { orderId, parcel }, at)).toBeUndefined();
  });
});

describe("the carrier's answer", () => {
  it("holds a booked shipment until the order is confirmed", () => {
    const decision = settleBooking(aShipment("requested"), booked, at);
    expect(decision?.shipment).toMatchObject({ status: "held", booking });
    expect(told(decision)).toMatchObject({ kind: "created", ...booking });
  });

  it("rejects where nothing can be delivered", () => {
    const decision = settleBooking(aShipment("requested"), refused, at);
    expect(decision?.shipment.status).toBe("rejected");
    expect(told(decision)).toMatchObject({
      kind: "rejected",
      code: "address-not-deliverable",
    });
  });

  it("is undone at the carrier when the shipment was cancelled meanwhile", () => {
    const decision = settleBooking(aShipment("withdrawn"), booked, at);
    expect(decision?.shipment.status).toBe("cancelled");
    expect(told(decision)).toMatchObject({
      kind: "rejected",
      code: "cancelled",
    });
    expect(decision?.task).toEqual({ kind: "cancel-booking" });
  });

  it("leaves nothing to undo when the carrier refused what was cancelled meanwhile", () => {
    const decision = settleBooking(aShipment("withdrawn"), refused, at);
    expect(decision?.shipment.status).toBe("cancelled");
    expect(decision?.task).toBeUndefined();
  });

  it.each(["held", "dispatchable", "cancelled", "rejected"] as const)(
    "changes nothing when the shipment is already %s",
    (status) => {
      expect(settleBooking(aShipment(status), booked, at)).toBeUndefined();
    },
  );
});

describe("cancelling", () => {
  it("leaves a tombstone for what never existed, and answers", () => {
    const decision = cancel(undefined, { orderId }, at);
    expect(decision.shipment).toMatchObject({
      status: "cancelled",
      sequence: 1,
    });
    expect(told(decision)).toMatchObject({ kind: "cancelled", sequence: 1 });
    expect(decision.task).toBeUndefined();
  });

  it("answers at once while the carrier has not", () => {
    const decision = cancel(aShipment("requested"), { orderId }, at);
    expect(decision.shipment.status).toBe("withdrawn");
    expect(told(decision)).toMatchObject({ kind: "cancelled" });
  });

  it.each(["held", "dispatchable"] as const)(
    "gives a %s booking back to the carrier",
    (status) => {
      const decision = cancel(aShipment(status), { orderId }, at);
      expect(decision.shipment.status).toBe("cancelled");
      expect(told(decision)).toMatchObject({ kind: "cancelled" });
      expect(decision.task).toEqual({ kind: "cancel-booking" });
    },
  );

  it.each(["rejected", "withdrawn", "cancelled"] as const)(
    "answers again when the shipment is %s",
    (status) => {
      const decision = cancel(aShipment(status), { orderId }, at);
      expect(decision.shipment.status).toBe(status);
      expect(told(decision)).toMatchObject({ kind: "cancelled", sequence: 2 });
      expect(decision.task).toBeUndefined();
    },
  );

  it.each(["dispatched", "delivered"] as const)(
    "comes too late for a %s shipment",
    (status) => {
      const decision = cancel(aShipment(status), { orderId }, at);
      expect(decision.shipment.status).toBe(status);
      expect(told(decision)).toMatchObject({
        kind: "cancellation-rejected",
        code: "already-dispatched",
      });
    },
  );
});

describe("the way to the customer", () => {
  it("opens with the confirmed order", () => {
    expect(clear(aShipment("held"), at)?.shipment.status).toBe("dispatchable");
  });

  it.each(["requested", "rejected", "withdrawn", "cancelled"] as const)(
    "stays closed for a %s shipment",
    (status) => {
      expect(clear(aShipment(status), at)).toBeUndefined();
    },
  );

  it("survives a confirmation of an order without a shipment", () => {
    expect(clear(undefined, at)).toBeUndefined();
  });

  it("leads from dispatch to delivery", () => {
    const dispatched = dispatch(aShipment("dispatchable"), at);
    expect(told(dispatched)).toMatchObject({ kind: "dispatched", ...booking });
    const delivered = deliver(dispatched.shipment, at);
    expect(told(delivered)).toMatchObject({ kind: "delivered", sequence: 3 });
    expect(delivered.shipment.history.map(({ status }) => status)).toEqual([
      "dispatchable",
      "dispatched",
      "delivered",
    ]);
  });

  it.each(["requested", "held", "cancelled"] as const)(
    "cannot begin from %s",
    (status) => {
      expect(() => dispatch(aShipment(status), at)).toThrow(
        expect.objectContaining({ code: "not-dispatchable" }),
      );
    },
  );

  it("changes nothing when it is said again", () => {
    const dispatched = dispatch(aShipment("dispatchable"), at).shipment;
    const delivered = deliver(dispatched, at).shipment;
    for (const again of [
      dispatch(dispatched, at),
      dispatch(delivered, at),
      deliver(delivered, at),
    ])
      expect([again.event, again.task]).toEqual([undefined, undefined]);
    expect(dispatch(dispatched, at).shipment).toBe(dispatched);
    expect(deliver(delivered, at).shipment).toBe(delivered);
  });

  it("cannot end before it began", () => {
    expect(() => deliver(aShipment("dispatchable"), at)).toThrow(
      expect.objectContaining({
        code: "not-dispatched",
        message: "The shipment is dispatchable; dispatch it first.",
      }),
    );
  });
});

type Step = "create" | "booked" | "refused" | "cancel" | "clear" | "dispatch";

function decide(
  shipment: Shipment | undefined,
  step: Step,
): ShipmentDecision | undefined {
  switch (step) {
    case "create":
      return create(shipment, { orderId, parcel }, at);
    case "booked":
      return shipment && settleBooking(shipment, booked, at);
    case "refused":
      return shipment && settleBooking(shipment, refused, at);
    case "cancel":
      return cancel(shipment, { orderId }, at);
    case "clear":
      return clear(shipment, at);
    case "dispatch":
      return shipment?.status === "dispatchable"
        ? dispatch(shipment, at)
        : undefined;
  }
}

it("never lets a cancelled shipment leave, nor forgets a booking, in any interleaving", () => {
  const steps = fc.array(
    fc.constantFrom<Step[]>(
      ...([
        "create",
        "booked",
        "refused",
        "cancel",
        "clear",
        "dispatch",
      ] as const),
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(steps, (sequence) => {
      let shipment: Shipment | undefined;
      let asked = false;
      let booking: "none" | "made" | "undone" = "none";
      let cancelled = false;
      for (const step of sequence) {
        const answer = step === "booked" || step === "refused";
        if (answer && !asked) continue;
        if (answer) asked = false;
        if (step === "booked") booking = "made";
        const decision = decide(shipment, step);
        if (decision === undefined) continue;
        expect(decision.shipment.sequence - (shipment?.sequence ?? 0)).toBe(
          decision.event ? 1 : 0,
        );
        shipment = decision.shipment;
        if (decision.task?.kind === "book") asked = true;
        if (decision.task?.kind === "cancel-booking") booking = "undone";
        if (decision.event?.kind === "cancelled") cancelled = true;
        if (decision.event?.kind === "dispatched") {
          expect([cancelled, booking]).toEqual([false, "made"]);
        }
      }
      if (cancelled) expect(booking).not.toBe("made");
    }),
  );
});
