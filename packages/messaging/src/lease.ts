import { statement, type Queryable } from "@cartwright/database/tx";
import { newId } from "@cartwright/kernel/ids";
import { seconds, type Duration } from "@cartwright/kernel/duration";

/**
 * The right to act alone, for a while. Kafka does not check our token, so the holder checks its own
 * monotonic clock before each act and writes to the database only under its token.
 */
export type Lease = {
  readonly holder: string;
  readonly token: number;
  /** Whether it surely still holds: counted from before the database granted it, less a margin. */
  holds(): boolean;
};

export const leaseTime: Duration = seconds(10);
const renewAfter: Duration = seconds(3);
const margin: Duration = seconds(2);
/** Whoever was refused does not ask again before: each asking is a write. */
const askAgainAfter: Duration = seconds(1);

const acquireLease = statement(
  "lease-acquire",
  `INSERT INTO leases (name, holder, token, expires_at)
   VALUES ($1, $2, 1, now() + $3 * interval '1 millisecond')
   ON CONFLICT (name) DO UPDATE
     SET holder = EXCLUDED.holder, expires_at = EXCLUDED.expires_at,
         token = leases.token + CASE WHEN leases.holder = EXCLUDED.holder THEN 0 ELSE 1 END
     WHERE leases.holder = EXCLUDED.holder OR leases.expires_at < now()
   RETURNING token`,
);

const releaseLease = statement(
  "lease-release",
  `UPDATE leases SET expires_at = now() WHERE name = $1 AND holder = $2`,
);

/** Keeps a lease by name: `current()` acquires or renews it as needed, undefined while another holds it. */
export function leaseKeeper(db: Queryable, name: string) {
  const holder = newId();
  let lease: Lease | undefined;
  let askAt = 0;
  let heldUntil = 0;
  return {
    async current(): Promise<Lease | undefined> {
      const asked = performance.now();
      const isCertain = lease === undefined || lease.holds();
      if (isCertain && asked < askAt) return lease;
      const [row] = await db.query<{ token: number }>(acquireLease, [
        name,
        holder,
        leaseTime,
      ]);
      askAt = asked + (row === undefined ? askAgainAfter : renewAfter);
      heldUntil = row === undefined ? 0 : asked + leaseTime - margin;
      if (row?.token !== lease?.token) {
        lease = row && {
          holder,
          token: row.token,
          holds: () => performance.now() < heldUntil,
        };
      }
      return lease;
    },
    async release(): Promise<void> {
      lease = undefined;
      askAt = 0;
      await db.query(releaseLease, [name, holder]);
    },
  };
}
