import { statement, type Queryable } from "@cartwright/database/tx";
import type { ParkReason } from "./parked.ts";

export type ParkedKey = {
  readonly consumer: string;
  readonly reason: ParkReason;
  readonly since: Date;
};

const find = statement(
  "parked-keys-find",
  `SELECT consumer, reason, parked_at AS since FROM parked_keys WHERE key = $1 ORDER BY consumer`,
);

/** The consumers of this service at which messages of the key wait, and why. */
export const parkedKeysOf = (
  db: Queryable,
  key: string,
): Promise<ParkedKey[]> => db.query<ParkedKey>(find, [key]);
