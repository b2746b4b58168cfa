import { senderOf } from "./sender.ts";

it.each([
  ["orders@shop.example", { name: "", address: "orders@shop.example" }],
  ["<orders@shop.example>", { name: "", address: "orders@shop.example" }],
  [
    "The Shop, Berlin <orders@shop.example>",
    { name: "The Shop, Berlin", address: "orders@shop.example" },
  ],
  [
    '"Shop" <orders@shop.example>',
    { name: "Shop", address: "orders@shop.example" },
  ],
])("reads %s", (text, sender) => {
  expect(senderOf(text)).toEqual(sender);
});

it.each([
  "",
  "Shop",
  "orders@",
  "Shop <orders>",
  "a@shop.example, b@shop.example",
  "Shop <a@shop.example> <b@shop.example>",
  "Shop\r\nBcc: all@shop.example <orders@shop.example>",
])("takes %j for nobody", (text) => {
  expect(senderOf(text)).toBeUndefined();
});
