import type { OrderId } from "./ids.ts";

/** Crockford's base 32: no I, L, O or U, so a number can be read out over the telephone. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A number for people, such as `CW-7K3M-92QF-X4TB`: 60 random bits of the order's id. */
export function orderNumberOf(id: OrderId): string {
  let bits = BigInt(`0x${id.replaceAll("-", "").slice(-15)}`);
  let digits = "";
  for (let place = 0; place < 12; place += 1) {
    digits = alphabet.charAt(Number(bits & 31n)) + digits;
    bits >>= 5n;
  }
  return `CW-${digits.slice(0, 4)}-${digits.slice(4, 8)}-${digits.slice(8)}`;
}

/** A number as people type it, in the form it was given out in: O, I and L are taken for the digits they look like. */
export const readOrderNumber = (typed: string): string | undefined =>
  /^CW(-[0-9A-TV-Z]{4}){3}$/.test(typed.toUpperCase())
    ? `CW${typed.toUpperCase().slice(2).replaceAll("O", "0").replace(/[IL]/g, "1")}`
    : undefined;
