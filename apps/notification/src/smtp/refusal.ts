import type { NodemailerError } from "nodemailer/lib/errors";
import type { Handover } from "../delivering/channel.ts";

/** Not said to this mail but to us: we should have logged in, and have not or could not. */
const aboutLogin = new Set([530, 534, 535, 538]);

/**
 * What is final about the failure of sending a mail, if anything is: the server will not have the recipient or the
 * mail. What it says before that, to us or to the sender, would befall every mail and waits to be mended.
 */
export function refusalIn(error: NodemailerError): Handover | undefined {
  const { code, command, responseCode } = error;
  if (responseCode === undefined) {
    if (code === "EENVELOPE") return refused("recipient-refused"); // no address at all
    if (code === "EMESSAGE" && command === "MAIL FROM")
      return refused("mail-refused"); // larger than the server says it takes
    return undefined;
  }
  if (responseCode < 500 || aboutLogin.has(responseCode)) return undefined;
  if (command === "RCPT TO") return refused("recipient-refused");
  if (command === "DATA") return refused("mail-refused");
  return undefined;
}

const refused = (code: "recipient-refused" | "mail-refused"): Handover => ({
  status: "refused",
  code,
});

const shownAtMost = 200;

/** What operators are told: never more than the server's words, and of a login not even those. */
export function failureIn(error: NodemailerError): Error {
  const { responseCode, command = "", response = "", message } = error;
  if (responseCode === undefined)
    return new Error(`The mail server cannot be used: ${message}`);
  const words = /^AUTH/.test(command)
    ? ""
    : `: ${response.replace(/\s+/g, " ").slice(0, shownAtMost)}`;
  return new Error(
    `The mail server has answered ${responseCode} to ${command}${words}`,
  );
}
