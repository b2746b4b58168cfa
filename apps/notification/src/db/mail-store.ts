import { statement, type Queryable } from "@cartwright/database/tx";
import type { Mail } from "../delivering/channel.ts";
import { gather } from "../delivering/gather.ts";

const insert = statement(
  "mails-insert",
  `INSERT INTO mails (delivery_id, order_id, recipient, subject, body)
   SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[])
   ON CONFLICT (delivery_id) DO NOTHING`,
);

const select = statement(
  "mails-known",
  `SELECT delivery_id AS id FROM mails WHERE delivery_id = ANY ($1::uuid[])`,
);

/** The mails that were handed over, which staff can read: the table `mails`. */
export type MailStore = {
  /** Keeping the same mail again changes nothing. */
  keep(mail: Mail): Promise<void>;
  has(id: string): Promise<boolean>;
};

const together = 200;

export function mailStore(db: Queryable): MailStore {
  const keep = gather(async (mails: readonly Mail[]) => {
    await db.query(insert, [
      mails.map(({ id }) => id),
      mails.map(({ orderId }) => orderId),
      mails.map(({ recipient }) => recipient),
      mails.map(({ subject }) => subject),
      mails.map(({ body }) => body),
    ]);
    return mails.map(() => undefined);
  }, together);
  const has = gather(async (ids: readonly string[]) => {
    const rows = await db.query<{ readonly id: string }>(select, [ids]);
    const known = new Set(rows.map(({ id }) => id));
    return ids.map((id) => known.has(id));
  }, together);
  return { keep, has };
}
