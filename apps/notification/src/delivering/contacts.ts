import type { ServiceClient } from "@cartwright/http/service-client";
import { newId } from "@cartwright/kernel/ids";
import { minutes } from "@cartwright/kernel/duration";
import type { Clock } from "@cartwright/kernel/clock";
import { z } from "zod";
import { gather } from "./gather.ts";

export type Contact = { readonly email: string; readonly name: string };

/** Where a customer can be reached. */
export type Contacts = {
  /** Undefined when there is no such customer; rejects when that cannot be found out now. */
  find(customerId: string): Promise<Contact | undefined>;
};

const contactsAnswer = z.object({
  items: z.array(
    z.object({ userId: z.guid(), email: z.string(), name: z.string() }),
  ),
});

const keptFor = minutes(5);
const keptAtMost = 10_000;
/** Ids are 36 characters; a URL should stay below 8 KiB. */
const idsPerCall = 100;

/** Contacts as identity knows them: many ids in one call, remembered for a few minutes. */
export function identityContacts(
  identity: ServiceClient,
  clock: Clock,
): Contacts {
  const known = new Map<string, Contact & { readonly until: number }>();

  const ask = gather(async (ids: readonly string[]) => {
    const { items } = await identity.get(
      `/api/v1/users/contacts?ids=${[...new Set(ids)].join(",")}`,
      { schema: contactsAnswer, cause: { correlationId: newId() } },
    );
    const until = clock.now().getTime() + keptFor;
    if (known.size > keptAtMost) known.clear();
    for (const { userId, email, name } of items) {
      known.set(userId, { email, name, until });
    }
    return ids.map((id) => known.get(id));
  }, idsPerCall);

  return {
    find: async (customerId) => {
      const contact = known.get(customerId);
      return contact && contact.until > clock.now().getTime()
        ? contact
        : ask(customerId);
    },
  };
}
