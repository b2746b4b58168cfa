import { z } from "zod";

/** Who mails are from. */
export type Sender = { readonly name: string; readonly address: string };

export const senderExpected =
  "expected orders@shop.example or Shop <orders@shop.example>";

const form = /^(?:(?<name>[^<>\p{Cc}]*)<(?<inner>[^<>]*)>|(?<plain>[^<>]*))$/u;

/** Undefined when that is no sender: one address, with or without a name before it. */
export function senderOf(text: string): Sender | undefined {
  const { name = "", inner, plain } = form.exec(text.trim())?.groups ?? {};
  const address = z.email().safeParse(inner ?? plain);
  return address.success
    ? { name: name.trim().replace(/^"(.*)"$/, "$1"), address: address.data }
    : undefined;
}
