import { shownPayload } from "./shown-payload.ts";

it("hides the payment token, wherever it stands", () => {
  const shown = shownPayload(
    '{"orderId":"o","paymentToken":"tok_visa","more":{"paymentToken":"tok_visa"}}',
  );
  expect(shown).not.toContain("tok_visa");
  expect(JSON.parse(shown)).toMatchObject({ orderId: "o" });
});

it("leaves what is no JSON as it is", () => {
  expect(shownPayload("{broken")).toBe("{broken");
});
