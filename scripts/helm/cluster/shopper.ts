import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { seconds } from "@cartwright/kernel/duration";
import { newCustomer, orderOf } from "../../images/proof/new-customer.ts";

/** One customer of the shop, over HTTP. */
export type Shopper = {
  /** Orders one mug; the order's id once the shop has accepted it. */
  order(key?: string): Promise<string>;
  browse(): Promise<void>;
  /** Mugs that can still be bought. */
  mugs(): Promise<number>;
  /** Resolves when every one of these orders is confirmed; names those that are not by then. */
  confirmed(orders: readonly string[]): Promise<void>;
  /** How many requests had to be sent again so far, since their connection was closed before an answer. */
  resent(): number;
};

const product = "MUG-STONE";
const confirmedWithin = 120_000;

/** Registers somebody new and logs in. */
export async function shopper(gateway: string): Promise<Shopper> {
  const send = sender();
  const call = await newCustomer({
    ...{ api: `${gateway}/api/v1`, within: seconds(20) },
    ...{ send, shown: detail },
  });
  const statusOf = async (id: string) =>
    String((await call(`/orders/${id}`))["status"]);
  return {
    async order(key = randomUUID()) {
      const { orderId } = await call("/orders", {
        body: orderOf(product),
        key,
      });
      return String(orderId);
    },
    async browse() {
      await call("/products");
    },
    mugs: async () =>
      Number((await call(`/inventory/${product}`))["available"]),
    confirmed: (orders) => untilConfirmed(orders, statusOf),
    resent: () => send.resent(),
  };
}

async function untilConfirmed(
  orders: readonly string[],
  statusOf: (id: string) => Promise<string>,
): Promise<void> {
  const end = performance.now() + confirmedWithin;
  let open = [...orders];
  while (open.length > 0) {
    const after = [];
    for (const id of open)
      if ((await statusOf(id)) !== "confirmed") after.push(id);
    if (performance.now() > end)
      throw new Error(
        `${after.length} orders are not confirmed: ${after.join(", ")}.`,
      );
    open = after;
    await sleep(250);
  }
}

type Send = typeof fetch & { resent(): number };

/**
 * As a browser does: a kept connection may be closed from the other end just when it is used again, and a request that can
 * be repeated is then sent once more. Ours all can: orders have a key.
 */
function sender(): Send {
  let resent = 0;
  const send: typeof fetch = async (...request) => {
    try {
      return await fetch(...request);
    } catch (error) {
      if (!isClosed(error)) throw error;
      resent += 1;
      return fetch(...request);
    }
  };
  return Object.assign(send, { resent: () => resent });
}

const isClosed = (error: unknown): boolean => {
  const { code } = ((error as Error).cause ?? {}) as { code?: unknown };
  return code === "ECONNRESET" || code === "UND_ERR_SOCKET";
};

/** What a problem says, without what is different for each request; all of an answer that is no problem. */
function detail(text: string): string {
  try {
    return (JSON.parse(text) as { detail?: string }).detail ?? text;
  } catch {
    return text;
  }
}
