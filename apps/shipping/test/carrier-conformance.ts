import type { Carrier } from "../src/carriers/carrier.ts";
import type { Address } from "../src/domain/shipment.ts";

export const deliverable: Address = {
  name: "Ada",
  line1: "Main Street 1",
  postalCode: "12345",
  city: "Berlin",
  country: "DE",
};
export const nowhere: Address = { ...deliverable, postalCode: "00000" };

/** What every carrier must do. */
export function carrierConformance(name: string, open: () => Carrier): void {
  describe(`the ${name} carrier`, () => {
    const lines = [{ sku: "MUG", quantity: 1 }];
    const { signal } = new AbortController();
    const book = (reference: string, address = deliverable) =>
      open().book({ reference, address, lines }, signal);

    it("books once under one reference", async () => {
      const first = await book("order-1");
      expect(first).toMatchObject({
        kind: "booked",
        carrier: expect.any(String),
        trackingNumber: expect.stringMatching(/./),
      });
      expect(await book("order-1")).toEqual(first);
    });

    it("books apart under two references", async () => {
      expect(await book("order-2")).not.toEqual(await book("order-3"));
    });

    it("refuses where it does not deliver, and says so beforehand", async () => {
      const code = "address-not-deliverable";
      expect(await book("order-4", nowhere)).toEqual({ kind: "refused", code });
      expect(await open().refusalFor(nowhere, signal)).toBe(code);
      expect(await open().refusalFor(deliverable, signal)).toBeUndefined();
    });

    it("cancels a booking, twice if asked twice, and what was never booked", async () => {
      await book("order-5");
      await open().cancel("order-5", signal);
      await open().cancel("order-5", signal);
      await open().cancel("never", signal);
    });
  });
}
