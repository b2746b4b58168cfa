import type { Cause } from "@cartwright/contracts/message";
import type { ServiceClient } from "@cartwright/http/service-client";
import { Refusal } from "@cartwright/kernel/refusal";
import { z } from "zod";

const contacts = z.object({ items: z.array(z.object({ userId: z.guid() })) });

export type CheckCustomer = (customerId: string, cause: Cause) => Promise<void>;

/** Refuses a customer whom identity does not know: nobody could be told of the order. */
export const checkCustomer =
  (identity: ServiceClient): CheckCustomer =>
  async (customerId, cause) => {
    const { items } = await identity.get(
      `/api/v1/users/contacts?ids=${customerId}`,
      { schema: contacts, cause },
    );
    if (items.length > 0) return;
    throw new Refusal(
      "unknown-customer",
      `There is no customer ${customerId}.`,
      { customerId },
    );
  };
