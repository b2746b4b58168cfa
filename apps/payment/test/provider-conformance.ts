import { newId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import type { PaymentProvider } from "../src/provider/payment-provider.ts";

/** What every provider behind the port keeps to. The cards are those of the simulated one. */
export function paymentProviderSuite(
  name: string,
  open: () => PaymentProvider,
) {
  describe(`${name} as a payment provider`, () => {
    const signal = () => AbortSignal.timeout(5_000);
    const authorized = async (paymentToken = "tok_visa") => {
      const key = newId();
      const request = {
        key,
        reference: newId(),
        amount: money(2_999, "EUR"),
        paymentToken,
      };
      return { key, request, held: await open().authorize(request, signal()) };
    };
    const statusOf = async (key: string) =>
      (await open().find(key, signal()))?.status;

    it("knows nothing of a key that was never used", async () => {
      expect(await open().find(newId(), signal())).toBeUndefined();
    });

    it("authorizes once per key and answers the same again", async () => {
      const { key, request, held } = await authorized();
      expect(held.status).toBe("authorized");
      expect((await open().authorize(request, signal())).status).toBe(
        "authorized",
      );
      expect(await statusOf(key)).toBe("authorized");
    });

    it("declines for a reason", async () => {
      const { held } = await authorized("tok_insufficient_funds");
      expect(held).toMatchObject({
        status: "declined",
        declineCode: "insufficient-funds",
      });
    });

    it("captures and refunds, and says so however often it is asked", async () => {
      const { key } = await authorized();
      for (const status of ["captured", "captured"])
        expect((await open().capture(key, signal())).status).toBe(status);
      for (const status of ["refunded", "refunded"])
        expect((await open().refund(key, signal())).status).toBe(status);
      expect((await open().capture(key, signal())).status).toBe("refunded");
    });

    it("keeps the hold of a declined capture, for a void", async () => {
      const { key } = await authorized("tok_capture_declined");
      expect(await open().capture(key, signal())).toMatchObject({
        status: "authorized",
        captureDeclineCode: "card-declined",
      });
      expect((await open().void(key, signal())).status).toBe("voided");
    });

    it("changes nothing when the state does not allow it, and says what is held", async () => {
      const { key } = await authorized();
      expect((await open().refund(key, signal())).status).toBe("authorized");
      await open().capture(key, signal());
      expect((await open().void(key, signal())).status).toBe("captured");
      const pending = await authorized("tok_silent");
      expect(pending.held.status).toBe("pending");
      expect((await open().capture(pending.key, signal())).status).toBe(
        "pending",
      );
      expect((await open().void(pending.key, signal())).status).toBe("voided");
      expect((await open().capture(pending.key, signal())).status).toBe(
        "voided",
      );
    });
  });
}
