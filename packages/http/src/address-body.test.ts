import { addressBody } from "./address-body.ts";

const address = {
  name: "A. Shopper",
  line1: " 1 Example Street ",
  postalCode: "10115",
  city: "Berlin",
  country: "DE",
};

it("takes blanks off", () => {
  expect(addressBody.parse(address)).toEqual({
    ...address,
    line1: "1 Example Street",
  });
});

it.each(["name", "line1", "postalCode", "city", "country"])(
  "takes no blank %s",
  (field) => {
    expect(addressBody.safeParse({ ...address, [field]: " " }).success).toBe(
      false,
    );
  },
);
