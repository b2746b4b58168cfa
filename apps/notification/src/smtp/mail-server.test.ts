import { mailServerAt } from "./mail-server.ts";

it.each([
  ["smtp://mail", { host: "mail", port: 25, secure: false }],
  ["smtp://mail:1025/", { host: "mail", port: 1025, secure: false }],
  ["smtp://[::1]:1025", { host: "::1", port: 1025, secure: false }],
  ["smtps://mail.example", { host: "mail.example", port: 465, secure: true }],
  [
    "smtp://shop:p%40ss%2Fword@mail.example",
    {
      host: "mail.example",
      port: 587,
      secure: false,
      auth: { user: "shop", pass: "p@ss/word" },
    },
  ],
])("finds the mail server in %s", (url, server) => {
  expect(mailServerAt(url)).toEqual(server);
});

it.each([
  "",
  "mail:1025",
  "http://mail.example",
  "smtp:mail.example",
  "smtp://",
  "smtp://mail:0",
  "smtp://mail.example/inbox",
  "smtp://mail.example?secure=false",
  "smtp://mail.example#first",
  "smtp://shop@mail.example",
  "smtp://:password@mail.example",
  "smtp://shop:pass/word@mail.example",
  "smtp://shop:100%@mail.example",
  "smtp://mail%0d%0a.example",
])("finds none in %s", (url) => {
  expect(mailServerAt(url)).toBeUndefined();
});
