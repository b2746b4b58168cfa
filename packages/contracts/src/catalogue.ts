import type { Contract } from "./define.ts";
import * as catalog from "./catalog.ts";
import * as identity from "./identity.ts";
import * as inventory from "./inventory.ts";
import * as notification from "./notification.ts";
import * as order from "./order.ts";
import * as payment from "./payment.ts";
import * as shipping from "./shipping.ts";

/** Every contract there is. */
export const contracts: readonly Contract[] = [
  identity,
  catalog,
  order,
  payment,
  inventory,
  shipping,
  notification,
].flatMap((domain) => Object.values(domain) as unknown as Contract[]);

const byType = new Map(contracts.map((contract) => [contract.type, contract]));

/** The contract of a wire type such as `order.OrderCreated.v1`, if there is one. */
export const contractOf = (type: string): Contract | undefined =>
  byType.get(type);
