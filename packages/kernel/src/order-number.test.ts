import { newId } from "./ids.ts";
import { orderNumberOf, readOrderNumber } from "./order-number.ts";

it("gives every order a number that can be read out", () => {
  const number = orderNumberOf(newId());
  expect(number).toMatch(/^CW(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
  expect(orderNumberOf(newId())).not.toBe(number);
});

it("reads a number as people type it, and nothing else", () => {
  const number = orderNumberOf(newId());
  expect(readOrderNumber(number)).toBe(number);
  expect(readOrderNumber("cw-o123-iL00-zzzz")).toBe("CW-0123-1100-ZZZZ");
  for (const other of ["", "CW-0000-0000", "CW-UUUU-0000-0000", newId()])
    expect(readOrderNumber(other)).toBeUndefined();
});
