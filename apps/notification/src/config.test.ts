import { parseConfig, ConfigError } from "@cartwright/service/load-config";
import type { Queryable } from "@cartwright/database/tx";
import { notificationConfig } from "./config.ts";
import { mailChannel } from "./mail-channel.ts";

const sentencesFor = (environment: Readonly<Record<string, string>>) => {
  try {
    const db = {} as Queryable; // nothing is asked of it
    mailChannel(parseConfig(notificationConfig, environment), db);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.sentences;
    throw error;
  }
};
const SMTP_URL = "smtps://shop:top-secret@mail.example";
const MAIL_FROM = "Shop <orders@shop.example>";

it("wants nothing where there is no mail server, and takes one with a sender", () => {
  expect(sentencesFor({})).toEqual([]);
  expect(sentencesFor({ SMTP_URL: "", MAIL_FROM: "" })).toEqual([]);
  expect(sentencesFor({ SMTP_URL, MAIL_FROM })).toEqual([]);
});

it.each(["http://mail.example", "smtp://shop:top-secret@mail.example/inbox"])(
  "refuses the mail server %s in one sentence, without its password",
  (url) => {
    const sentences = sentencesFor({ SMTP_URL: url, MAIL_FROM });
    expect(sentences).toEqual([
      expect.stringMatching(
        /^The environment variable SMTP_URL is malformed: expected smtp:\/\//,
      ),
    ]);
    expect(sentences.join()).not.toContain("top-secret");
  },
);

it("refuses a sender without an address, and mails from nobody", () => {
  expect(sentencesFor({ SMTP_URL, MAIL_FROM: "Shop" })).toEqual([
    "The environment variable MAIL_FROM is malformed: expected orders@shop.example or Shop <orders@shop.example>.",
  ]);
  expect(sentencesFor({ SMTP_URL })).toEqual([
    "SMTP_URL is given, but not MAIL_FROM: mails have to be from somebody.",
  ]);
});
