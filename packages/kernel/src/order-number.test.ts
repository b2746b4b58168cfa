import { newId } from "./ids.ts";
import { orderNumberOf } from "./order-number.ts";

it("gives every order a number that can be read out", () => {
  const number = orderNumberOf(newId());
  expect(number).toMatch(/^CW(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
  expect(orderNumberOf(newId())).not.toBe(number);
});
