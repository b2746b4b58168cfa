import type { MailStore } from "../db/mail-store.ts";
import { accepted, type Channel } from "./channel.ts";

/**
 * Keeps each mail once the channel has accepted it, and does not send what is kept: of a crash in between, the
 * time from the acceptance to the row is all in which a mail goes out twice.
 */
export const recorded = (channel: Channel, store: MailStore): Channel => ({
  async send(mail, signal) {
    if (await store.has(mail.id)) return accepted;
    const handover = await channel.send(mail, signal);
    if (handover.status === "accepted") await store.keep(mail);
    return handover;
  },
});
