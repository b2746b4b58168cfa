import type { Cause } from "@cartwright/contracts/message";
import type { ServiceName } from "@cartwright/contracts/services";
import type { Queryable } from "@cartwright/database/tx";
import { parkedShape } from "@cartwright/http/parked-shape";
import type { ServiceClients } from "@cartwright/http/service-client";
import { parkedKeysOf } from "@cartwright/messaging/parked-keys";

/** Where messages about an order wait for a person. */
export type Parked = {
  readonly items: readonly {
    readonly consumer: string;
    readonly reason: string;
    readonly since: string;
  }[];
  /** Services that did not say. */
  readonly unknown: readonly ServiceName[];
};

export type FindParked = (key: string, cause: Cause) => Promise<Parked>;

/** Those whom the sagas of orders command. */
const participants = [
  "inventory",
  "payment",
  "shipping",
  "notification",
] as const;

/** Asks our own tables and the participants. Whoever does not answer is named, and holds up nobody. */
export function parkedFinder(
  db: Queryable,
  clients: Pick<ServiceClients, (typeof participants)[number]>,
): FindParked {
  const asked = participants.map((name) => ({ name, client: clients[name] }));
  return async (key, cause) => {
    const [own, ...others] = await Promise.all([
      parkedKeysOf(db, key),
      ...asked.map(async ({ name, client }) => ({
        name,
        items: await client
          .get(`/api/v1/operations/${name}/parked/${encodeURIComponent(key)}`, {
            ...{ schema: parkedShape, cause },
          })
          .then(({ items }) => items)
          .catch(() => undefined),
      })),
    ]);
    return {
      items: [
        ...own.map(({ since, ...rest }) => ({
          ...rest,
          since: since.toISOString(),
        })),
        ...others.flatMap(({ items }) => items ?? []),
      ],
      unknown: others.flatMap(({ name, items }) => (items ? [] : [name])),
    };
  };
}
